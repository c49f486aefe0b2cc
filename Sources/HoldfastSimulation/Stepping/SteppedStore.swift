import HoldfastModel

/// A store as one process sees it: each call waits to be let go, and may go wrong.
struct SteppedStore: ObjectStore {
    let base: WatchedStore
    let life: Life

    func read(_ name: ObjectName, range: Range<Int>?) async throws(StoreError) -> [UInt8] {
        // What is read never changes but by being created or deleted, which others must stop at.
        if life.isDead || life.chance(oneIn: 3) { try await ask(.read, name.text) }
        return try await base.read(name, range: range)
    }

    func stat(_ name: ObjectName) async throws(StoreError) -> StoredObject? {
        try await ask(.stat, name.text)
        return try await base.stat(name)
    }

    func create(_ name: ObjectName, _ bytes: [UInt8]) async throws(StoreError) {
        let base = base
        try await change(.create, name, lost: .unclear(name)) { () throws(StoreError) in try await base.create(name, bytes) }
    }

    func replace(_ name: ObjectName, _ bytes: [UInt8]) async throws(StoreError) {
        let base = base
        try await change(.replace, name, lost: .unavailable(name.text, detail: "the answer was lost")) { () throws(StoreError) in
            try await base.replace(name, bytes)
        }
    }

    func delete(_ name: ObjectName) async throws(StoreError) {
        let base = base
        try await change(.delete, name, lost: .unavailable(name.text, detail: "the answer was lost")) { () throws(StoreError) in
            try await base.delete(name)
        }
    }

    /// All snapshots in two pages, as far stores list what is more than a thousand objects: each page is of its own moment.
    func list(_ prefix: ObjectPrefix) async throws(StoreError) -> [StoredObject] {
        try await ask(.list, prefix.text)
        let listed = try await base.list(prefix)
        guard prefix == .snapshots, let last = life.pageEnd(of: listed) else { return listed }
        try await ask(.list, "\(prefix.text) after \(last)")
        return listed.filter { $0.name <= last } + (try await base.list(prefix)).filter { $0.name > last }
    }

    func listPackOwners() async throws(StoreError) -> [SnapshotID] {
        try await ask(.owners, "packs/")
        return try await base.listPackOwners()
    }

    func now() async throws(StoreError) -> Timestamp {
        try await ask(.now, "")
        return try await base.now()
    }

    private func ask(_ kind: Call.Kind, _ text: String) async throws(StoreError) {
        switch await life.pass(Call(kind, text)) {
        case .clear: return
        case .throttled: throw .unavailable(text, detail: "throttled")
        case .failedBefore, .answerLost, .requestLost, .late, .dead: throw .unavailable(text, detail: "no answer")
        }
    }

    private func change(
        _ kind: Call.Kind, _ name: ObjectName, lost: StoreError, _ change: @escaping @Sendable () async throws(StoreError) -> Void
    ) async throws(StoreError) {
        switch await life.pass(Call(kind, name.text)) {
        case .clear: try await change()
        case .throttled: throw .unavailable(name.text, detail: "throttled")
        case .failedBefore, .dead: throw .unavailable(name.text, detail: "it did not arrive")
        case .requestLost: throw lost
        case .answerLost:
            await Self.unheard(change)
            throw lost
        case .late:
            life.postpone { await Self.unheard(change) }
            throw lost
        }
    }

    /// Whatever the store answers, be it a refusal, nobody hears it.
    private static func unheard(_ change: @Sendable () async throws(StoreError) -> Void) async {
        do throws(StoreError) { try await change() } catch { _ = error }
    }
}
