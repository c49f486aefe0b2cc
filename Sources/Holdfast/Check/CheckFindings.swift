import HoldfastModel
import Synchronization

/// Gathers what workers find, each error once.
final class CheckFindings: Sendable {
    private struct State {
        var result = CheckResult()
        var seen: Set<CheckError> = []
        var badPacks: [Digest: CheckError] = [:]
    }

    private let state = Mutex(State())

    /// An error that touches no snapshot, or the given one; `pack`: where the damage lies, if it lies in a pack. `concerned`: a snapshot that
    /// it is about, and that is not damaged by it.
    func add(
        _ error: CheckError, touching snapshot: SnapshotID? = nil, in pack: Digest? = nil,
        about concerned: SnapshotID? = nil
    ) {
        state.withLock { state in
            state.result.touchedSnapshots.formUnion([snapshot, concerned].compactMap(\.self))
            if let snapshot {
                let found = CheckResult.Damage(detail: "\(error.object): \(error.message)", packs: pack.map { [$0] })
                state.result.damagedSnapshots[snapshot, default: found].add(found)
            }
            if state.seen.insert(error).inserted { state.result.errors.append(error) }
        }
    }

    /// What only a later version understands: it damages nothing, and nothing is known of it.
    func add(newer object: ObjectName, _ message: String) {
        let snapshot: SnapshotID? = if case .record(_, let id) = object.parsed { id } else { nil }
        add(CheckError("\(object)", .newerFormat, message), about: snapshot)
    }

    /// What its log says of a snapshot, where this check found neither damage in it nor every chunk sound.
    func add(logged detail: String, in packs: [Digest]?, of snapshot: SnapshotID) {
        let result = result
        guard result.damagedSnapshots[snapshot] == nil, !result.soundSnapshots.contains(snapshot) else { return }
        let message = "its log says that it is damaged (\(detail)); holdfast check --repair reads it all again"
        state.withLock { state in
            state.result.touchedSnapshots.insert(snapshot)
            state.result.damagedSnapshots[snapshot] = .init(detail: detail, packs: packs.map(Set.init))
            state.result.errors.append(CheckError(ObjectPrefix.snapshot(snapshot).text, .damaged, message))
        }
    }

    /// A pack with something wrong; whether that is an error, the snapshots that still refer to it say in the end.
    func add(badPack pack: PackEntry, _ kind: CheckError.Kind, _ message: String) {
        state.withLock { state in
            state.result.losses.packs.insert(pack.id)
            if state.badPacks[pack.id] == nil { state.badPacks[pack.id] = CheckError("\(pack.name)", kind, message) }
        }
    }

    /// Chunks of a pack that could not be opened.
    func lose(_ chunks: [ChunkPlace], in pack: PackEntry) {
        state.withLock { state in
            state.result.losses.packs.insert(pack.id)
            state.result.losses.chunks.formUnion(chunks)
        }
    }

    /// By the user's word, as he sees it now.
    func accept(_ alarms: [WitnessAlarm]) { state.withLock { $0.result.accepted = alarms } }

    func count(_ change: @Sendable (inout CheckResult.Counts) -> Void) { state.withLock { change(&$0.result.checked) } }

    /// The snapshot was opened and read to its end; it is sound unless an error touches it.
    func finished(_ snapshot: SnapshotID) { state.withLock { _ = $0.result.soundSnapshots.insert(snapshot) } }

    /// So far.
    var losses: ChunkLosses { state.withLock(\.result.losses) }

    var badPacks: [Digest: CheckError] { state.withLock(\.badPacks) }

    /// Errors ascending by object.
    var result: CheckResult {
        state.withLock { state in
            var result = state.result
            result.errors.sort { ($0.object, $0.message) < ($1.object, $1.message) }
            result.soundSnapshots.subtract(result.damagedSnapshots.keys)
            return result
        }
    }
}
