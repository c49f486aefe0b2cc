import HoldfastCatalog
import HoldfastModel

extension Repository {
    /// The key log, held against how far this machine has read it; `isRemembered`: it is to be missed from now on. A writer that followed one
    /// whose end was taken away would take up a retired CMK again, and rest on what a barrier shuts out (W14).
    ///
    /// - Throws: `.alarm` where the log is shorter than it was, or another one.
    func readKeyLog(against witness: Witness?, isRemembered: Bool = false) async throws(HoldfastError) -> KeyLogReading {
        guard let witness else { return try await readKeyLog() }
        let before: WitnessedKeyLog
        do { before = try witness.keyLog() } catch { throw .witness(error) }
        let reading = try await readKeyLog()
        if let alarm = before.alarm(with: reading.digests) { throw .alarm(["\(alarm)"]) }
        let after = WitnessedKeyLog(of: reading.digests)
        if isRemembered, after != before {
            do { try witness.observe(.init(before: before, after: after)) } catch { throw .witness(error) }
        }
        return reading
    }

    /// The same of a repository that was made some time ago: it has a first record, and one that lists none has lost what it promised.
    func readStandingKeyLog(against witness: Witness?) async throws(HoldfastError) -> KeyLogReading {
        let reading = try await readKeyLog(against: witness)
        guard !reading.log.records.isEmpty else { throw .missing(.keyRecord(0), needed: "the key log") }
        return reading
    }

    /// What a snapshot's writer had read of the key log must be there: a log that ends before hides what was retired, promised or barred
    /// since. `read` may be older than the snapshot, so where it ends too early the log is read once more.
    ///
    /// - Throws: `.keyLogEnds` with the first record that is not there.
    func requireKeyLog(upTo position: Int, neededFor id: SnapshotID, havingRead read: KeyLog) async throws(HoldfastError) {
        guard position > read.position else { return }
        let end = try await readKeyLog().log.position
        guard position <= end else { throw .keyLogEnds(before: .keyRecord(end + 1), id) }
    }

    /// The same for all of these, before something is decided by what the log promises.
    func requireKeyLog(of views: [SnapshotView], havingRead read: KeyLog) async throws(HoldfastError) {
        let told = views.compactMap { view in view.keyLogPosition.map { (position: $0, id: view.id) } }
        guard let latest = told.max(by: { $0.position < $1.position }) else { return }
        try await requireKeyLog(upTo: latest.position, neededFor: latest.id, havingRead: read)
    }
}
