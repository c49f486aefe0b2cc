import HoldfastFormat
import HoldfastModel
import Synchronization

/// Sealed chunks in, packs out: fills one pack at a time, and hands it to the store when it is full, or part by part as it grows where the store
/// takes parts.
///
/// What is filled or on its way, a pack or a part of one, holds one of `slots`: a slow store holds up the writers and not the memory.
final class PackStream: Sendable {
    struct Place {
        let packNumber: UInt32
        let offset: UInt32
        let byteCount: UInt32
    }

    private struct OpenPack: ~Copyable {
        var writer: PackWriter
        let upload: PackUpload
        /// Random, so that where packs end says nothing of what is in them.
        let targetByteCount: Int

        /// Hands over what is left of it.
        consuming func close() -> PackUpload {
            upload.add(writer.close())
            return upload
        }
    }

    /// Beyond what makes a buffer full, in bytes: for the last chunk.
    private static let slack = (4 << 20) + (1 << 16)

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

    /// Seals a chunk, compressed or raw, into the open pack. Nil where none has room: `makeRoom()` first. What is to be sent now comes out in
    /// `due`, for the caller to do so.
    func append(_ stored: Span<UInt8>, hash: Digest, due: inout PackUpload?) -> Place? {
        open.withLock { open -> Place? in
            guard var pack = open.take() else { return nil }
            guard pack.writer.hasRoom else {
                open = consume pack
                return nil
            }
            let place = Place(
                packNumber: pack.upload.number, offset: UInt32(pack.writer.append(stored, hash: hash)),
                byteCount: UInt32(stored.count))
            if pack.writer.byteCount >= pack.targetByteCount {
                due = pack.close()
                return place
            }
            if pack.upload.takesParts, pack.writer.hasPart {
                pack.upload.add(pack.writer.takePart())
                due = pack.upload
            }
            open = consume pack
            return place
        }
    }

    /// Sends what is in the open pack. One that was opened just now is given up: whoever opened it for a chunk opens another.
    func finish() async throws(HoldfastError) {
        var last: PackUpload?
        while !close(&last) { await makeRoom() }
        try await last?.send()
    }

    /// Closes the open pack, which is to be sent then. False where it has no room to be closed in.
    private func close(_ last: inout PackUpload?) -> Bool {
        open.withLock { open in
            guard let pack = open.take() else { return true }
            guard pack.writer.hasRoom else {
                open = consume pack
                return false
            }
            guard pack.writer.isEmpty else {
                last = pack.close()
                return true
            }
            registry.giveBack(pack.upload.number)
            slots.leave()
            return true
        }
    }

    /// Waits until a pack may be opened, or the open one may go on, unless another task has seen to it.
    func makeRoom() async {
        await slots.enter()
        let isNeeded = open.withLock { open in
            guard var pack = open.take() else {
                open = openPack()
                return true
            }
            let isNeeded = !pack.writer.hasRoom
            if isNeeded { pack.writer.goOn(capacity: capacity(inParts: true), in: slots.takeBuffer()) }
            open = consume pack
            return isNeeded
        }
        if !isNeeded { slots.leave() }
    }

    private func openPack() -> OpenPack {
        let upload = PackUpload(
            number: registry.allocate(), to: repository, of: snapshot, registry: registry, progress: progress, slots: slots)
        return OpenPack(
            writer: PackWriter(capacity: capacity(inParts: upload.takesParts), in: slots.takeBuffer()), upload: upload,
            targetByteCount: .random(in: sizes))
    }

    /// Of a buffer, in bytes: for a part or all of a pack, the last chunk, and the padding. Memory that nothing is written to costs nothing.
    private func capacity(inParts: Bool) -> Int {
        (inParts ? PackWriter.partByteCount : sizes.upperBound) + Self.slack + sizes.upperBound / 16
    }
}
