package import HoldfastModel

/// How far a long snapshot has come: one envelope in the clear, the writer's private state sealed. A hint; nothing rests on it.
package enum Checkpoint {
    package static func seal(
        state: Span<UInt8>, envelope: Envelope, repository: RepositoryID, snapshot: SnapshotID, key: borrowing Secret
    ) -> [UInt8] {
        let header: JSONObject = ["envelopes": .array([.object(EnvelopeCodec.encode(envelope))])]
        return ClearContainer.seal(
            ContainerIdentity(.checkpoint, repository: repository, snapshot: snapshot), header: header.serialized, packs: [],
            body: state, key: key)
    }

    /// The envelope whose key opens `container.openBody`.
    package static func parse(
        _ bytes: [UInt8], repository: RepositoryID, snapshot: SnapshotID
    ) throws(FormatError) -> (envelope: Envelope, container: ClearContainer) {
        let container = try ClearContainer(parsing: bytes, kind: .checkpoint)
        try container.require(repository: repository, snapshot: snapshot)
        do throws(JSONError) {
            let envelopes = try JSONObject.parse(container.header).objects("envelopes").map(EnvelopeCodec.decode)
            guard envelopes.count == 1 else { throw JSONError.member("envelopes", problem: "must be one") }
            return (envelopes[0], container)
        } catch {
            throw .json("header: \(error)")
        }
    }
}
