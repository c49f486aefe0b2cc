package import HoldfastModel

/// The object that makes a snapshot exist: sealing it, reading its clear part, opening it whole.
package enum Manifest {
    /// Larger ones need not be read to be refused (`docs/FORMAT.md`, section 6).
    package static let maximumByteCount = 512 << 20

    /// The header and pack table, readable by anybody; `container.openBody` proves them.
    package struct Clear: Sendable {
        package let header: ManifestHeader
        package let container: ClearContainer

        package var packs: [PackEntry] { container.packs }
        package var sum: Digest { container.sum }
    }

    /// Seals a manifest. `header` and the packs of `body` become clear and are under the MAC. Throws `.limit` where no reader would take
    /// it.
    package static func seal(
        header: ManifestHeader, body: borrowing ManifestBody, repository: RepositoryID, snapshot: SnapshotID,
        key: borrowing Secret
    ) throws(FormatError) -> [UInt8] {
        let packs = body.packKeys.sortedEntries
        let plaintext = ManifestBodyCodec.encode(body, packs: packs)
        let bytes = try ClearContainer.seal(
            ContainerIdentity(.manifest, repository: repository, snapshot: snapshot), header: HeaderCodec.encode(header),
            packs: packs, body: plaintext.bytes, key: key)
        guard bytes.count <= maximumByteCount else { throw .limit("a manifest of \(bytes.count) bytes") }
        return bytes
    }

    /// What stands in the clear, without any claim that it is genuine.
    package static func parse(_ bytes: [UInt8], repository: RepositoryID, snapshot: SnapshotID) throws(FormatError) -> Clear {
        let container = try ClearContainer(
            parsing: bytes, as: ContainerIdentity(.manifest, repository: repository, snapshot: snapshot))
        return Clear(header: try HeaderCodec.decode(container.header), container: container)
    }

    /// Opens the whole body under the snapshot's key: from here on header and table are proven.
    package static func open(_ clear: Clear, key: borrowing Secret) throws(FormatError) -> ManifestBody {
        let plaintext = try clear.container.openBody(key: key)
        return try ManifestBodyCodec.decode(plaintext, of: .manifest, packs: clear.packs)
    }
}
