import HoldfastFormat
import HoldfastModel
import Synchronization

/// Sealed chunks in, packs out: fills one pack at a time and uploads each as it is full.
///
/// Every pack that is open or on its way holds one of `slots`, so a slow store holds up the writers and not the memory.
final class PackStream: Sendable {
    struct Place {
        let packNumber: UInt32
        let offset: UInt32
    }

    private struct OpenPack: ~Copyable {
        var writer: PackWriter
        let number: UInt32
        /// Random, so that where packs end says nothing of what is in them.
        let targetByteCount: Int
    }

    private struct FullPack: ~Copyable {
        let writer: PackWriter
        let number: UInt32

        init(_ pack: consuming OpenPack) {
            number = pack.number
            writer = pack.writer
        }
    }

    private let repository: Repository
    private let snapshot: SnapshotID
    private let registry: PackRegistry
    private let progress: BackupProgress
    private let sizes: ClosedRange<Int>
    private let slots: AsyncGate
    private let open = Mutex<OpenPack?>(nil)

    init(
        repository: Repository, snapshot: SnapshotID, registry: PackRegistry, progress: BackupProgress,
        packByteCount: Int, slots: AsyncGate
    ) {
        self.repository = repository
        self.snapshot = snapshot
        self.registry = registry
        self.progress = progress
        sizes = (packByteCount * 3 / 4)...(packByteCount * 5 / 4)
        self.slots = slots
    }

    /// Seals a chunk into the open pack; uploads that pack where it is full now.
    func append(_ payload: consuming [UInt8], hash: Digest) async throws(HoldfastError) -> Place {
        let payload = payload
        while true {
            var full: FullPack?
            let place = open.withLock { open -> Place? in
                guard var pack = open.take() else { return nil as Place? }
                let place = Place(
                    packNumber: pack.number, offset: UInt32(pack.writer.append(payload.span, hash: hash)))
                if pack.writer.byteCount >= pack.targetByteCount {
                    full = FullPack(pack)
                } else {
                    open = consume pack
                }
                return place
            }
            if let full = full.take() { try await upload(full) }
            if let place { return place }
            await openPack()
        }
    }

    /// Uploads what is left.
    func finish() async throws(HoldfastError) {
        var last: FullPack?
        open.withLock { open in
            if let pack = open.take() { last = FullPack(pack) }
        }
        if let last = last.take() { try await upload(last) }
    }

    private func openPack() async {
        await slots.enter()
        let isNeeded = open.withLock { open in
            guard open == nil else { return false }
            let target = Int.random(in: sizes)
            open = OpenPack(
                writer: PackWriter(capacity: min(target, sizes.lowerBound)), number: registry.allocate(),
                targetByteCount: target)
            return true
        }
        // Another task opened one while this one waited.
        if !isNeeded { slots.leave() }
    }

    private func upload(_ full: consuming FullPack) async throws(HoldfastError) {
        defer { slots.leave() }
        let number = full.number
        let pack = full.writer.finish()
        let entry = PackEntry(id: pack.id, owner: snapshot, byteCount: pack.bytes.count)
        guard try await repository.create(entry.name, pack.bytes) else {
            throw .inconsistent("\(entry.name)", detail: "something stands where this new pack belongs")
        }
        registry.add(entry, number: number, key: pack.key)
        progress.stored(byteCount: pack.bytes.count)
    }
}
