import HoldfastFormat
import HoldfastModel
import Synchronization

/// What a manifest lists of the packs: those that are referred to, and the number that the next new one would get.
struct UsedPacks: ~Copyable {
    let packKeys: PackKeys
    let nextPackNumber: UInt32
    let uses: [UInt32: PackUse]
}

/// The packs of the snapshot that is being written: the base's, its own, and which of them it refers to.
final class PackRegistry: Sendable {
    /// What is referred to of each pack, with the place of the pack that was named last: the next reference mostly names it again.
    private struct Marks {
        private var places: [UInt32: Int] = [:]
        private var live: [LiveBytes] = []
        private var last: (number: UInt32, place: Int)?

        var numbers: [UInt32] { Array(places.keys) }

        func liveByteCount(of number: UInt32) -> Int { places[number].map { live[$0].byteCount } ?? 0 }

        mutating func mark(_ reference: ChunkReference) {
            if let last, last.number == reference.packNumber { return live[last.place].insert(reference) }
            let place = places[reference.packNumber] ?? live.count
            if place == live.count {
                places[reference.packNumber] = place
                live.append(LiveBytes())
            }
            last = (reference.packNumber, place)
            live[place].insert(reference)
        }
    }

    private struct State: ~Copyable {
        var known: PackKeys
        var marks = Marks()
        var next: UInt32
        var arrivals = PackArrivals()
    }

    private let state: Mutex<State>
    /// From here on numbers are of packs that this run uploads.
    private let firstNew: UInt32
    private let snapshot: PackSelection.Snapshot
    /// What the base says of its packs; empty where it does not.
    private let uses: [UInt32: PackUse]
    private let avoided: Set<UInt32>
    /// Packs of the base that cannot be counted on.
    private let lost: Set<UInt32>

    init(
        known: consuming PackKeys, nextPackNumber: UInt32, snapshot: PackSelection.Snapshot, uses: [UInt32: PackUse],
        selection: PackSelection, lost: Set<UInt32>
    ) {
        firstNew = nextPackNumber
        state = Mutex(State(known: known, next: nextPackNumber))
        self.snapshot = snapshot
        self.uses = uses
        avoided = selection.avoided.union(lost)
        self.lost = lost
    }

    /// A number for a new pack.
    func allocate() -> UInt32 {
        state.withLock { state in
            defer { state.next += 1 }
            state.arrivals.expect(state.next)
            return state.next
        }
    }

    /// The pack is in the repository.
    func add(_ entry: PackEntry, number: UInt32, key: borrowing Secret) {
        let bytes = key.bytes
        let waiting = state.withLock { state in
            state.known.add(entry, number: number, key: bytes)
            return state.arrivals.settle(number)
        }
        for signal in waiting { signal.give() }
    }

    /// Nothing was put in the pack, and nobody refers to it.
    func giveBack(_ number: UInt32) {
        for signal in state.withLock({ $0.arrivals.settle(number) }) { signal.give() }
    }

    /// The pack will never be there.
    func giveUp(_ number: UInt32, because error: HoldfastError) {
        for signal in state.withLock({ $0.arrivals.settle(number, failure: error) }) { signal.give() }
    }

    /// The number that the next new pack gets.
    var nextNumber: UInt32 { state.withLock { $0.next } }

    /// Waits for all packs with numbers before this one. False where the wait was cancelled. Throws what kept a pack from being there for good,
    /// whoever it was that sent it.
    func arrived(before number: UInt32) async throws(HoldfastError) -> Bool {
        let signal = AsyncSignal()
        let isWaiting = state.withLock { $0.arrivals.notify(signal, before: number) }
        if isWaiting { await signal.wait() }
        let (failure, isComplete) = state.withLock { ($0.arrivals.failure, $0.arrivals.isComplete(before: number)) }
        if let failure { throw failure }
        return isComplete
    }

    /// Whether the snapshot may refer to chunks of this pack. Where not, they are stored anew so that the pack can go one day.
    func mayRefer(to number: UInt32) -> Bool { !avoided.contains(number) }

    var hasLost: Bool { !lost.isEmpty }

    /// Whether what lies in this pack cannot be counted on.
    func isLost(_ number: UInt32) -> Bool { lost.contains(number) }

    /// The manifest must list every pack that a reference names.
    func markUsed(_ reference: ChunkReference) {
        state.withLock { $0.marks.mark(reference) }
    }

    /// Marks the packs that may be referred to, or all where `isForced`. False where some were left out.
    func markUsed(_ references: [ChunkReference], isForced: Bool = false) -> Bool {
        state.withLock { state in
            var isComplete = true
            for reference in references {
                if isForced || mayRefer(to: reference.packNumber) { state.marks.mark(reference) } else { isComplete = false }
            }
            return isComplete
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
    func used() throws(HoldfastError) -> UsedPacks { try used { _, _ in true } }

    /// The same while packs are on their way, and without those: for checkpoints.
    func usedSoFar() throws(HoldfastError) -> UsedPacks { try used { !$1.isExpected($0) } }

    private func used(where isWanted: (UInt32, PackArrivals) -> Bool) throws(HoldfastError) -> UsedPacks {
        try state.withLock { state throws(HoldfastError) in
            var packKeys = PackKeys()
            var uses: [UInt32: PackUse] = [:]
            for number in state.marks.numbers.sorted() where isWanted(number, state.arrivals) {
                guard let entry = state.known.entry(number) else {
                    throw .inconsistent("pack number \(number)", detail: "the base's listing names it, its pack table does not")
                }
                _ = state.known.withKey(number) { packKeys.add(entry, number: number, key: $0) }
                uses[number] = use(of: number, live: min(state.marks.liveByteCount(of: number), entry.byteCount))
            }
            return UsedPacks(packKeys: packKeys, nextPackNumber: state.next, uses: uses)
        }
    }

    private func use(of number: UInt32, live: Int) -> PackUse {
        let before = uses[number]
        return PackUse(
            liveByteCount: live, written: before?.written ?? snapshot.time,
            keptUntil: max(before?.keptUntil ?? snapshot.keptUntil, snapshot.keptUntil))
    }
}
