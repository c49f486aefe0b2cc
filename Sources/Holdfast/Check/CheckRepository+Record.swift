package import HoldfastModel

extension CheckRepository {
    /// Writes into the snapshots' logs what was found, where that is news: a damaged snapshot guards nothing any more, and pushes
    /// no good one out. False where the store does not give the right to, which is no error: hosts have none.
    package func record(_ result: CheckResult, at now: Timestamp, by node: String) async throws(HoldfastError) -> Bool {
        do throws(HoldfastError) {
            for (id, damage) in result.damagedSnapshots.sorted(by: { $0.key < $1.key }) {
                try await record(damage.event, of: id, at: now, by: node)
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
                // A log that cannot be read says so itself.
                view.log.header != nil && view.log.exists && view.log.isNews(event) ? event : nil
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

extension CheckResult.Damage {
    fileprivate var event: SnapshotRecord.Event {
        let named = packs.map { $0.sorted() }.flatMap { $0.count <= SnapshotRecord.mostPacks ? $0 : nil }
        return .damaged(detail: String(detail.prefix(1000)), packs: named)
    }
}

extension SnapshotLog {
    /// Whether what was found is not what the log says already: then the log does not grow with every check.
    fileprivate func isNews(_ event: SnapshotRecord.Event) -> Bool {
        guard case .damaged(_, let packs) = event else { return damage != nil }
        guard let damage else { return true }
        guard let packs, let known = damage.packs else { return packs != damage.packs }
        return !Set(packs).isSubset(of: known)
    }
}
