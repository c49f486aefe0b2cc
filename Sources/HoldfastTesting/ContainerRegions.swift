import HoldfastCrypto
import HoldfastModel

/// Where the parts of a sealed container lie (`docs/FORMAT.md`, section 2).
package struct ContainerRegions {
    package let header: Range<Int>
    package let owners: Range<Int>
    package let rows: Range<Int>
    package let mac: Range<Int>
    package let body: Range<Int>
    package let sum: Range<Int>

    package init(_ bytes: [UInt8]) {
        header = 116..<(116 + Int(UInt32(bigEndian: bytes.span, at: 12)))
        let ownersStart = header.upperBound + 4
        owners = ownersStart..<(ownersStart + 16 * Int(UInt32(bigEndian: bytes.span, at: header.upperBound)))
        rows = owners.upperBound..<(owners.upperBound + 44 * Int(UInt32(bigEndian: bytes.span, at: 16)))
        mac = rows.upperBound..<(rows.upperBound + 32)
        body = mac.upperBound..<(bytes.count - 32)
        sum = body.upperBound..<bytes.count
    }
}

/// The same container with a trailing sum that matches it, as whoever can write to the store would make it.
package func withSum(_ bytes: [UInt8]) -> [UInt8] {
    let content = Array(bytes.dropLast(32))
    return content + SHA256.hash(content.span).bytes
}

/// The same record with a sum that matches it: its last 73 bytes.
package func withRecordSum(_ bytes: [UInt8]) -> [UInt8] {
    let content = Array(bytes.dropLast(73))
    return content + Array("\"sum\":\"\(SHA256.hash(content.span))\"}".utf8)
}
