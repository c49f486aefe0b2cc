import HoldfastCrypto
import HoldfastModel

/// What a snapshot's key was wrapped to at its start.
struct WrappedSnapshotKey {
    var envelopes: [Envelope] = []
    /// The recovery CMKs that are left out since their key managers cannot be told that they are used here, and why.
    var unrecorded: [CMK: HoldfastError] = [:]
}

extension BackupStart {
    /// Wraps the snapshot key under the active CMK and every recovery CMK that is not retired, before any data is read: so it fails fast.
    ///
    /// An envelope under a recovery CMK is kept only where its key manager has this repository on record
    /// (`docs/decisions/0011-the-keyring-knows-where-a-cmk-is-used.md`). One that wraps and cannot be put on record fails no backup.
    func wrap(
        _ key: borrowing Secret, of id: SnapshotID, _ request: BackupRequest, _ keyLog: KeyLog, _ active: CMK
    ) async throws(HoldfastError) -> WrappedSnapshotKey {
        let context = try repository.context(of: id, cluster: repository.cluster, node: request.node, kind: .manifest)
        var wrapped = WrappedSnapshotKey(envelopes: [try await keys.wrap(key, under: active, context: context)])
        for cmk in request.recovery where !keyLog.isRetired(cmk) && !wrapped.envelopes.contains(where: { $0.cmk == cmk }) {
            let envelope = try await keys.wrap(key, under: cmk, context: context)
            if let error = try await recordUse(of: cmk) {
                wrapped.unrecorded[cmk] = error
            } else {
                wrapped.envelopes.append(envelope)
            }
        }
        return wrapped
    }

    /// Answers why it could not be put on record.
    private func recordUse(of cmk: CMK) async throws(HoldfastError) -> HoldfastError? {
        do throws(HoldfastError) {
            try await keys.recordUse(of: cmk, by: repository)
            return nil
        } catch  where !error.isInterruption {
            return error
        }
    }
}
