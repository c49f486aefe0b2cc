import HoldfastCatalog
import HoldfastModel

extension Repository {
    /// The key log, held against how far this machine has read it, and remembered. A writer that followed one whose end was taken away would
    /// take up a retired CMK again, and rest on what a barrier shuts out (W14).
    ///
    /// - Throws: `.alarm` where the log is shorter than it was, or another one.
    func readKeyLog(against witness: Witness?) async throws(HoldfastError) -> KeyLog {
        guard let witness else { return try await readKeyLog().log }
        let before: WitnessedKeyLog
        do { before = try witness.keyLog() } catch { throw .witness(error) }
        let reading = try await readKeyLog()
        if let alarm = before.alarm(with: reading.digests) { throw .alarm(["\(alarm)"]) }
        let after = WitnessedKeyLog(of: reading.digests)
        if after != before {
            do { try witness.observe(.init(before: before, after: after)) } catch { throw .witness(error) }
        }
        return reading.log
    }

    /// What a snapshot's writer had read of the key log must be there: a log that ends before hides what was retired, promised or barred
    /// since. `read` may be older than the snapshot, so where it ends too early the log is read once more.
    ///
    /// - Throws: `.missing` with the first record that is not there.
    func requireKeyLog(upTo position: Int, neededFor id: SnapshotID, havingRead read: KeyLog) async throws(HoldfastError) {
        guard position > read.position else { return }
        let end = try await readKeyLog().log.position
        guard position <= end else { throw .missing(.keyRecord(end + 1), needed: "snapshot \(id)") }
    }
}
