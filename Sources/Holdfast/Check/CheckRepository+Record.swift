package import HoldfastModel

extension CheckRepository {
    /// Writes into the snapshots' logs what was found, where that is news: a damaged snapshot guards nothing any more, and pushes
    /// no good one out. False where the store does not give the right to, which is no error: hosts have none.
    package func record(_ result: CheckResult, at now: Timestamp, by node: String) async throws(HoldfastError) -> Bool {
        do throws(HoldfastError) {
            for (id, why) in result.damagedSnapshots.sorted(by: { $0.key < $1.key }) {
                try await record(.damaged(detail: String(why.prefix(1000))), of: id, at: now, by: node)
            }
            for id in result.soundSnapshots.sorted() { try await record(.sound, of: id, at: now, by: node) }
            return true
        } catch .store(.denied) {
            return false
        } catch {
            throw error
        }
    }

    private func record(
        _ event: SnapshotRecord.Event, of id: SnapshotID, at now: Timestamp, by node: String
    ) async throws(HoldfastError) {
        do throws(HoldfastError) {
            try await repository.append(to: id, at: now, by: node) { (view) throws(HoldfastError) in
                let isNews = view.log.header != nil && view.log.exists && view.log.isDamaged == (event == .sound)
                return isNews ? event : nil
            }
        } catch .lostRace {
            // It was purged meanwhile.
            return
        } catch .store(.damaged) {
            // A log that cannot be read says so itself.
            return
        } catch {
            throw error
        }
    }
}
