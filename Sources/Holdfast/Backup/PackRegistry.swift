import HoldfastFormat
import HoldfastModel
import Synchronization

/// What a manifest lists of the packs: those that are referred to, and the number that the next new one would get.
struct UsedPacks: ~Copyable {
    let packKeys: PackKeys
    let nextPackNumber: UInt32
}

/// The packs of the snapshot that is being written: the base's, its own, and which of them it refers to.
final class PackRegistry: Sendable {
    private struct State: ~Copyable {
        var known: PackKeys
        var used: Set<UInt32> = []
        var next: UInt32
    }

    private let state: Mutex<State>
    /// From here on numbers are of packs that this run uploads.
    private let firstNew: UInt32

    init(base: consuming PackKeys, nextPackNumber: UInt32) {
        firstNew = nextPackNumber
        state = Mutex(State(known: base, next: nextPackNumber))
    }

    /// A number for a new pack.
    func allocate() -> UInt32 {
        state.withLock { state in
            defer { state.next += 1 }
            return state.next
        }
    }

    func add(_ entry: PackEntry, number: UInt32, key: borrowing Secret) {
        let bytes = key.bytes
        state.withLock { $0.known.add(entry, number: number, key: bytes) }
    }

    /// The manifest must list every pack that a reference names.
    func markUsed(_ number: UInt32) {
        state.withLock { _ = $0.used.insert(number) }
    }

    func markUsed(_ references: some Sequence<ChunkReference>) {
        state.withLock { state in
            for reference in references { state.used.insert(reference.packNumber) }
        }
    }

    /// The packs that are referred to: those that earlier runs uploaded, and this run's own. Throws as `used()` does.
    func usedEntries() throws(HoldfastError) -> (inherited: [PackEntry], own: [PackEntry]) {
        let used = try used()
        var (inherited, own): ([PackEntry], [PackEntry]) = ([], [])
        for number in used.packKeys.numbers {
            guard let entry = used.packKeys.entry(number) else { continue }
            if number < firstNew { inherited.append(entry) } else { own.append(entry) }
        }
        return (inherited, own)
    }

    /// The packs that are referred to, with their keys, and the next free number. Throws where a reference names a pack that
    /// is not there: a base whose listing and pack table disagree.
    func used() throws(HoldfastError) -> UsedPacks {
        try state.withLock { state throws(HoldfastError) in
            var packKeys = PackKeys()
            for number in state.used.sorted() {
                guard let entry = state.known.entry(number) else {
                    throw .inconsistent("pack number \(number)", detail: "the base's listing names it, its pack table does not")
                }
                _ = state.known.withKey(number) { packKeys.add(entry, number: number, key: $0) }
            }
            return UsedPacks(packKeys: packKeys, nextPackNumber: state.next)
        }
    }
}
