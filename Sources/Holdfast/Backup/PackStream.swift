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
        let byteCount: UInt32
    }

    fileprivate struct OpenPack: ~Copyable {
        var writer: PackWriter
        let number: UInt32
        /// Random, so that where packs end says nothing of what is in them.
        let targetByteCount: Int
    }

    /// One that takes no more chunks, to be uploaded.
    struct FullPack: ~Copyable, Sendable {
        fileprivate let writer: PackWriter
        fileprivate let number: UInt32

        fileprivate init(_ pack: consuming OpenPack) {
            number = pack.number
            writer = pack.writer
        }
    }

    private let repository: Repository
    private let snapshot: SnapshotID
    private let registry: PackRegistry
    private let progress: BackupProgress
    private let sizes: ClosedRange<Int>
    private let slots: PackSlots
    private let open = Mutex<OpenPack?>(nil)

    init(
        repository: Repository, snapshot: SnapshotID, registry: PackRegistry, progress: BackupProgress,
        packByteCount: Int, slots: PackSlots
    ) {
        self.repository = repository
        self.snapshot = snapshot
        self.registry = registry
        self.progress = progress
        sizes = (packByteCount * 3 / 4)...(packByteCount * 5 / 4)
        self.slots = slots
    }

    /// Seals a chunk, compressed or raw, into the open pack. Nil where none is open: `openPack()` first. A pack that is full now comes out in
    /// `full`, for the caller to upload.
    func append(_ stored: Span<UInt8>, hash: Digest, full: inout FullPack?) -> Place? {
        open.withLock { open -> Place? in
            guard var pack = open.take() else { return nil as Place? }
            let place = Place(
                packNumber: pack.number, offset: UInt32(pack.writer.append(stored, hash: hash)), byteCount: UInt32(stored.count))
            if pack.writer.byteCount >= pack.targetByteCount {
                full = FullPack(pack)
            } else {
                open = consume pack
            }
            return place
        }
    }

    /// Uploads what is in the open pack. One that was opened just now is given up: whoever opened it for a chunk opens another.
    func finish() async throws(HoldfastError) {
        var last: FullPack?
        var empty: UInt32?
        open.withLock { open in
            guard let pack = open.take() else { return }
            if pack.writer.isEmpty { empty = pack.number } else { last = FullPack(pack) }
        }
        if let empty {
            registry.giveBack(empty)
            slots.leave()
        }
        if let last = last.take() { try await upload(last) }
    }

    /// Opens a pack once one may be, unless another task has.
    func openPack() async {
        await slots.enter()
        let isNeeded = open.withLock { open in
            guard open == nil else { return false }
            let target = Int.random(in: sizes)
            // For the last chunk and the padding; memory that nothing is written to costs nothing.
            let capacity = sizes.upperBound / 16 * 17 + (4 << 20)
            open = OpenPack(
                writer: PackWriter(capacity: capacity, in: slots.takeBuffer()), number: registry.allocate(),
                targetByteCount: target)
            return true
        }
        // Another task opened one while this one waited.
        if !isNeeded { slots.leave() }
    }

    func upload(_ full: consuming FullPack) async throws(HoldfastError) {
        let number = full.number
        do throws(HoldfastError) {
            try await send(full)
        } catch {
            registry.giveUp(number)
            throw error
        }
    }

    private func send(_ full: consuming FullPack) async throws(HoldfastError) {
        let number = full.number
        var pack = full.writer.finish()
        let entry = PackEntry(id: pack.id, owner: snapshot, byteCount: pack.bytes.count)
        guard try await create(entry, pack.takeBytes()) else {
            throw .inconsistent("\(entry.name)", detail: "something stands where this new pack belongs")
        }
        registry.add(entry, number: number, key: pack.key)
        progress.stored(byteCount: entry.byteCount)
    }

    /// The slot is free once the store has the bytes: where it has a place for them, before the pack has its name.
    private func create(_ entry: PackEntry, _ bytes: consuming [UInt8]) async throws(HoldfastError) -> Bool {
        let staged: (any StagedObject)?
        do {
            staged = try await repository.store.stage(entry.name, bytes)
        } catch {
            slots.leave()
            throw .store(error)
        }
        guard let staged else {
            defer { slots.leave() }
            let isCreated = try await repository.create(entry.name, bytes)
            slots.give(consume bytes)
            return isCreated
        }
        slots.give(consume bytes)
        slots.leave()
        return try await repository.create(staged, entry.name)
    }
}
