package import HoldfastModel

/// How far a long snapshot has come: one envelope in the clear; the packs so far and what is listed so far, as a manifest's
/// body would have them. A hint for whoever resumes; nothing rests on it, and readers ignore it.
package enum Checkpoint {
    /// What stands in the clear.
    package struct Clear: Sendable {
        package let envelope: Envelope
        package let container: ClearContainer
    }

    /// Throws `.limit` where no reader would take it.
    package static func seal(
        _ body: borrowing ManifestBody, envelope: Envelope, repository: RepositoryID, snapshot: SnapshotID,
        key: borrowing Secret
    ) throws(FormatError) -> [UInt8] {
        let header: JSONObject = ["envelopes": .array([.object(EnvelopeCodec.encode(envelope))])]
        let packs = body.packKeys.sortedEntries
        let plaintext = ManifestBodyCodec.encode(body, packs: packs)
        let bytes = try ClearContainer.seal(
            ContainerIdentity(.checkpoint, repository: repository, snapshot: snapshot), header: header.serialized,
            packs: packs, body: plaintext.bytes, key: key)
        guard bytes.count <= ObjectName.checkpoint(snapshot).maximumByteCount else {
            throw .limit("a checkpoint of \(bytes.count) bytes")
        }
        return bytes
    }

    package static func parse(
        _ bytes: [UInt8], repository: RepositoryID, snapshot: SnapshotID
    ) throws(FormatError) -> Clear {
        let container = try ClearContainer(
            parsing: bytes, as: ContainerIdentity(.checkpoint, repository: repository, snapshot: snapshot))
        do throws(JSONError) {
            let envelopes = try JSONObject.parse(container.header).objects("envelopes").map(EnvelopeCodec.decode)
            guard envelopes.count == 1 else { throw JSONError.member("envelopes", problem: "must be one") }
            return Clear(envelope: envelopes[0], container: container)
        } catch {
            throw .json("header: \(error)")
        }
    }

    package static func open(_ clear: Clear, key: borrowing Secret) throws(FormatError) -> ManifestBody {
        try ManifestBodyCodec.decode(try clear.container.openBody(key: key), of: .checkpoint, packs: clear.container.packs)
    }
}
