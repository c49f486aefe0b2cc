import DequeModule
import HoldfastCrypto
import HoldfastFormat
import HoldfastModel
import Synchronization

/// One pack on its way to the store. Its parts are hashed and sent one after another, in their order, by one task at a time: who finds another
/// at it leaves its own to that one. A part that waits holds a slot, with the buffer that it lies in.
final class PackUpload: Sendable {
    private struct State: ~Copyable {
        var parts: Deque<[UInt8]> = []
        /// With the pack's key, once its bytes are among the parts.
        var last: LastPart?
        var isBusy = false
        var hasFailed = false

        /// False where it is of no use any more.
        mutating func add(_ part: [UInt8]) -> Bool {
            if !hasFailed { parts.append(part) }
            return !hasFailed
        }
    }

    /// Of what was sent. Only the task that is at it looks.
    private struct Sent: ~Copyable {
        var hash = SHA256()
        var byteCount = 0
    }

    let number: UInt32
    private let repository: Repository
    private let snapshot: SnapshotID
    private let registry: PackRegistry
    private let progress: BackupProgress
    private let slots: PackSlots
    /// Nil where the store takes objects whole: then there is one part.
    private let object: (any GrowingObject)?
    private let state = Mutex(State())
    private let sent = Mutex(Sent())

    init(
        number: UInt32, to repository: Repository, of snapshot: SnapshotID, registry: PackRegistry, progress: BackupProgress,
        slots: PackSlots
    ) {
        self.number = number
        self.repository = repository
        self.snapshot = snapshot
        self.registry = registry
        self.progress = progress
        self.slots = slots
        object = repository.store.begin()
    }

    var takesParts: Bool { object != nil }

    /// The next part; `send` is to be called then.
    func add(_ part: consuming [UInt8]) {
        let part = consume part
        let isWanted = state.withLock { $0.add(part) }
        if !isWanted { slots.leave() }
    }

    /// The last part; `send` is to be called then.
    func add(_ last: consuming LastPart) {
        var last: LastPart? = consume last
        let isWanted = state.withLock { state in
            guard var last = last.take() else { return false }
            let isWanted = state.add(last.takeBytes())
            state.last = consume last
            return isWanted
        }
        if !isWanted { slots.leave() }
    }

    /// Sends what has come, unless another task is at it.
    func send() async throws(HoldfastError) {
        while let (part, isLast) = next() {
            do throws(HoldfastError) {
                try await (isLast ? finish(with: part) : send(part))
            } catch {
                fail(because: error)
                throw error
            }
            state.withLock { $0.isBusy = false }
        }
    }

    /// What is to be sent next, by whoever asks: nobody else gets any before that is done.
    private func next() -> (part: [UInt8], isLast: Bool)? {
        state.withLock { state in
            guard !state.isBusy, let part = state.parts.popFirst() else { return nil }
            state.isBusy = true
            return (part, state.parts.isEmpty && state.last != nil)
        }
    }

    /// Its slot is free once the store has the bytes.
    private func send(_ part: consuming [UInt8]) async throws(HoldfastError) {
        let problem = await hand(part)
        guard let problem else { return slots.leave(giving: part) }
        slots.leave()
        throw .store(problem)
    }

    /// Hashes a part while the store takes it, and answers what kept the store from that.
    private func hand(_ part: [UInt8]) async -> StoreError? {
        async let problem = append(part)
        note(part)
        return await problem
    }

    private func append(_ part: [UInt8]) async -> StoreError? {
        do {
            try await object?.append(part)
            return nil
        } catch {
            return error
        }
    }

    /// The pack has its name once all of it is known, and belongs to the snapshot once the store has it.
    private func finish(with part: consuming [UInt8]) async throws(HoldfastError) {
        let isCreated: Bool
        let entry: PackEntry
        if let object {
            try await send(part)
            entry = makeEntry()
            isCreated = try await repository.create(entry.name, of: object)
        } else {
            note(part)
            entry = makeEntry()
            isCreated = try await create(entry, part)
        }
        guard isCreated else {
            throw .inconsistent("\(entry.name)", detail: "something stands where this new pack belongs")
        }
        state.withLock { state in
            guard let last = state.last.take() else { preconditionFailure("the last part has its key") }
            registry.add(entry, number: number, key: last.key)
        }
        progress.stored(byteCount: entry.byteCount)
    }

    private func create(_ entry: PackEntry, _ whole: consuming [UInt8]) async throws(HoldfastError) -> Bool {
        do throws(HoldfastError) {
            let isCreated = try await repository.create(entry.name, whole)
            slots.leave(giving: whole)
            return isCreated
        } catch {
            slots.leave()
            throw error
        }
    }

    private func note(_ part: [UInt8]) {
        sent.withLock { sent in
            sent.hash.update(part.span)
            sent.byteCount += part.count
        }
    }

    private func makeEntry() -> PackEntry {
        sent.withLock { sent in
            var hash = SHA256()
            swap(&hash, &sent.hash)
            return PackEntry(id: hash.finish(), owner: snapshot, byteCount: sent.byteCount)
        }
    }

    /// It will never be there: what waits is of no use, and what still comes neither.
    private func fail(because error: HoldfastError) {
        let waiting = state.withLock { state in
            state.hasFailed = true
            defer { state.parts = [] }
            return state.parts.count
        }
        for _ in 0..<waiting { slots.leave() }
        registry.giveUp(number, because: error)
    }
}
