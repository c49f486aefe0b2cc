/// What a sealed container is; the byte stands in its header and in its keys' labels.
package enum ContainerKind: UInt8, Sendable {
    case manifest = 0x4d
    case checkpoint = 0x43
}
