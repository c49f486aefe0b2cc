import Holdfast
import HoldfastModel

/// One snapshot's envelope under one CMK, to try whether it opens.
struct SampleEnvelope: Sendable {
    let snapshot: SnapshotID
    let envelope: Envelope
    let context: EncryptionContext
    /// The snapshot's.
    let time: Timestamp

    /// Those in a manifest's header; none where it has no manifest that can be read, or one that names a cluster that is not this
    /// one: whoever comes, and however, that does not open.
    static func all(of view: SnapshotView, in repository: Repository) -> [SampleEnvelope] {
        guard let header = view.log.header else { return [] }
        let context: EncryptionContext
        do throws(HoldfastError) {
            context = try repository.context(of: view.id, cluster: header.cluster, node: header.node, kind: .manifest)
        } catch {
            return []
        }
        return header.envelopes.map {
            SampleEnvelope(snapshot: view.id, envelope: $0, context: context, time: header.time)
        }
    }
}
