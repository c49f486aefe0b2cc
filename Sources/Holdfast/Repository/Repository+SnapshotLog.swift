import HoldfastFormat
package import HoldfastModel

extension Repository {
    /// How many snapshots are read at once.
    static let readsAtOnce = 16
    /// How many are held at once, with their pack tables: so many, and of so many bytes as stored.
    private static let viewsAtOnce = 128
    private static let viewByteCountAtOnce = 32 << 20

    /// Every snapshot's log, from one listing, ascending by id.
    package func readSnapshots() async throws(HoldfastError) -> [SnapshotView] {
        var views: [SnapshotView] = []
        try await forEachSnapshot { (view) throws(HoldfastError) in views.append(view) }
        return views
    }

    /// Lends every snapshot's log, from one listing, ascending by id: pack tables need not all be held at once. Record 0 is
    /// looked for once more where a listed record is gone (rule R3). Answers those that were listed and purged before they were
    /// read. `isReliedOn`: whether anything is decided by them, and not only said.
    @discardableResult
    package func forEachSnapshot(
        isReliedOn: Bool = true, _ body: (SnapshotView) async throws(HoldfastError) -> Void
    ) async throws(HoldfastError) -> Set<SnapshotID> {
        let listed: [StoredObject]
        do { listed = try await store.list(.snapshots) } catch { throw .store(error) }
        var objects: [SnapshotID: [Int: StoredObject]] = [:]
        for object in listed {
            if case .record(let n, let id) = object.name.parsed { objects[id, default: [:]][n] = object }
        }
        var purged: Set<SnapshotID> = []
        var rest = objects.sorted { $0.key < $1.key }[...]
        while !rest.isEmpty {
            let batch = Self.batch(rest)
            rest = rest.dropFirst(batch.count)
            let read = try await readViews(batch, isReliedOn: isReliedOn)
            let views = Dictionary(read.map { ($0.id, $0) }) { first, _ in first }
            for (id, _) in batch {
                if let view = views[id] { try await body(view) } else { purged.insert(id) }
            }
        }
        return purged
    }

    /// The next ones to be read together: one at least.
    static func batch(
        _ logs: ArraySlice<(key: SnapshotID, value: [Int: StoredObject])>
    ) -> [(key: SnapshotID, value: [Int: StoredObject])] {
        var byteCount = 0
        let batch = logs.prefix(viewsAtOnce).prefix { log in
            byteCount = byteCount.addingSaturated(log.value.values.byteCount)
            return byteCount <= viewByteCountAtOnce
        }
        return Array(batch.isEmpty ? logs.prefix(1) : batch)
    }

    /// Several at once, since a far store takes its time for each, and in runs of neighbours, since a near one takes more time to be asked
    /// than to answer. In no order; those that were purged meanwhile are left out.
    func readViews(
        _ logs: [(key: SnapshotID, value: [Int: StoredObject])], isReliedOn: Bool
    ) async throws(HoldfastError) -> [SnapshotView] {
        let read = ViewCollection()
        let runLength = max(1, logs.count / Self.readsAtOnce)
        let runs = stride(from: 0, to: logs.count, by: runLength).map { logs[$0..<min($0 + runLength, logs.count)] }
        try await forEach(runs, atMost: Self.readsAtOnce) { (run) throws(HoldfastError) in
            var objects = await store.read(each: run.flatMap { Self.likelyNames($0.key, $0.value) }, isReliedOn: isReliedOn)[...]
            for (id, records) in run {
                let own = objects.prefix(Self.likelyNames(id, records).count)
                objects = objects.dropFirst(own.count)
                if let view = try await readView(id, records, read: Array(own)) { read.add(view) }
            }
        }
        return read.all
    }

    /// Those from 0 on without a gap, and of a length that a record may have: nearly always the whole log.
    private static func likelyNames(_ id: SnapshotID, _ records: [Int: StoredObject]) -> [ObjectName] {
        (0..<records.count).prefix { n in records[n].map { !$0.isTooLong && $0.problem == nil } ?? false }
            .map { .record($0, of: id) }
    }

    /// One snapshot's log as it stands now; nil where nothing of it is left.
    package func readSnapshot(_ id: SnapshotID) async throws(HoldfastError) -> SnapshotView? {
        let listed: [StoredObject]
        do { listed = try await store.list(.snapshot(id)) } catch { throw .store(error) }
        var records: [Int: StoredObject] = [:]
        for object in listed {
            if case .record(let n, _) = object.name.parsed { records[n] = object }
        }
        return try await readView(id, records)
    }

    /// Nil where records vanished while they were read and record 0 is gone: purged meanwhile. `read`: what was read of it already, from
    /// 0 on.
    func readView(
        _ id: SnapshotID, _ records: [Int: StoredObject], read: [Result<[UInt8], StoreError>] = []
    ) async throws(HoldfastError) -> SnapshotView? {
        guard let last = records.keys.max() else { return nil }
        guard records[0] != nil else { return try await readVoid(id, records, upTo: last) }
        var assembly = SnapshotLogAssembly(id, repository: self.id, length: last + 1)
        try await add(records, from: 0, of: id, read: read, to: &assembly)
        // A gap before records that are there is damage; an open snapshot has a record 0 alone.
        if assembly.missing != nil, try await !mayStand(.record(0, of: id)) { return nil }
        return SnapshotView(
            log: assembly.log, sum: assembly.sum, packs: assembly.packs, lastDigest: assembly.lastDigest,
            times: RecordTimes(of: records), startedAt: assembly.startedAt, problems: assembly.problems,
            unread: assembly.unread, missing: assembly.missing)
    }

    /// Without a start record nothing that stands here says anything, but for one question: whether its manifest stands though nobody decided
    /// its deletion (ruling 3).
    private func readVoid(
        _ id: SnapshotID, _ records: [Int: StoredObject], upTo last: Int
    ) async throws(HoldfastError) -> SnapshotView {
        let void = SnapshotView(
            log: SnapshotLog(id: id, start: nil, outcome: .none, length: last + 1), sum: nil, packs: [], lastDigest: nil,
            times: RecordTimes(of: records))
        var assembly = SnapshotLogAssembly(id, repository: self.id, length: last + 1)
        // A purge goes on, or was interrupted: it takes the manifest before all that comes after it. Where the manifest stands, no gap behind
        // it is a purge's.
        guard let manifest = records[1], try await add(1, of: id, manifest, to: &assembly) else { return void }
        if case .aborted = assembly.log.outcome { return void }
        try await add(records, from: 2, of: id, to: &assembly)
        return assembly.log.isDeletionDecided ? void : void.left(with: assembly)
    }

    /// Adds what stands from number `first` on, and notes where there is a gap. What follows one is read all the same: it may be a hold, or
    /// `deleting`.
    private func add(
        _ records: [Int: StoredObject], from first: Int, of id: SnapshotID, read: [Result<[UInt8], StoreError>] = [],
        to assembly: inout SnapshotLogAssembly
    ) async throws(HoldfastError) {
        var next = first
        for n in records.keys.sorted() where n >= first {
            if next < n { assembly.markMissing(n: next) }
            let isThere = try await add(n, of: id, records[n], read: n < read.count ? read[n] : nil, to: &assembly)
            if !isThere { assembly.markMissing(n: n) }
            next = n + 1
        }
    }

    /// Adds what stands at number `n`, or that it cannot be read; false where nothing stands there any more. `read`: what was read of it
    /// already.
    private func add(
        _ n: Int, of id: SnapshotID, _ listed: StoredObject?, read: Result<[UInt8], StoreError>? = nil,
        to assembly: inout SnapshotLogAssembly
    ) async throws(HoldfastError) -> Bool {
        switch listed?.problem {
        case .unread(let why):
            assembly.markUnread(n: n, why)
            return true
        case .odd(let why):
            assembly.markNone(n: n, why)
            return true
        case nil: break
        }
        if let listed, listed.isTooLong {
            assembly.markNone(n: n, "it has \(listed.byteCount) bytes")
            return true
        }
        do {
            let bytes = if let read { try read.get() } else { try await store.read(.record(n, of: id)) }
            assembly.add(bytes, n: n)
        } catch .notFound {
            return false
        } catch .damaged(_, let detail) {
            assembly.markUnread(n: n, detail)
        } catch {
            throw .store(error)
        }
        return true
    }

    /// Whether a snapshot that was listed without its start record is so still (`SnapshotView.isStartGone`): that may have been created, or
    /// its deletion decided and begun, behind the listing's back (rule R13).
    func isStartStillGone(_ id: SnapshotID) async throws(HoldfastError) -> Bool {
        try await readSnapshot(id)?.isStartGone == true
    }

    package func exists(_ name: ObjectName) async throws(HoldfastError) -> Bool {
        do { return try await store.stat(name) != nil } catch { throw .store(error) }
    }

    /// What cannot be looked at is not gone.
    func mayStand(_ name: ObjectName) async throws(HoldfastError) -> Bool {
        do throws(StoreError) {
            return try await store.stat(name) != nil
        } catch .damaged {
            return true
        } catch {
            throw .store(error)
        }
    }

    /// Appends to a snapshot's log what `decide` says after reading it; nil appends nothing. A lost race is decided again, and
    /// record 0 must still be there afterwards (rule R6). Where the snapshot gets another expiry, its lock goes along first. `passesGaps`: a
    /// record that is gone for good keeps nothing from being appended. Answers the log as it then stands.
    @discardableResult
    package func append(
        to id: SnapshotID, at time: Timestamp, by node: String, passesGaps: Bool = false,
        _ decide: (SnapshotView) throws(HoldfastError) -> SnapshotRecord.Event?
    ) async throws(HoldfastError) -> SnapshotView {
        var locked: Set<ObjectName> = []
        while true {
            guard let view = try await readSnapshot(id), view.log.state != .void else {
                throw .lostRace("snapshot \(id) was purged meanwhile", object: "\(id)")
            }
            try Self.requireRead(view)
            guard let wanted = try decide(view) else { return view }
            let n = try await nextNumber(of: view, passesGaps: passesGaps)
            let event = try await lockAlong(with: wanted, view, besides: &locked)
            let record = SnapshotRecord(n: n, at: time, by: node, event: event)
            let bytes = try encoded(record, after: view)
            var appended = view.log
            appended.records.append(record)
            guard try await locking(until: appended.lockedUntil).create(.record(record.n, of: id), bytes) else { continue }
            guard try await exists(.record(0, of: id)) else {
                throw .lostRace("snapshot \(id) was purged meanwhile", object: "\(id)")
            }
            guard let after = try await readSnapshot(id) else {
                throw .lostRace("snapshot \(id) was purged meanwhile", object: "\(id)")
            }
            if event == wanted { return after }
        }
    }

    private func encoded(_ record: SnapshotRecord, after view: SnapshotView) throws(HoldfastError) -> [UInt8] {
        try writable("\(view.id)") { () throws(FormatError) in
            try SnapshotRecordCodec.encode(record, repository: id, snapshot: view.id, prev: view.lastDigest)
        }
    }

    /// What the store does not read just now may be a hold, and is what the next record would have to be chained to.
    private static func requireRead(_ view: SnapshotView) throws(HoldfastError) {
        guard let n = view.unread else { return }
        throw .store(.damaged(.record(n, of: view.id), detail: view.problems[n] ?? "it was not read"))
    }

    private func nextNumber(of view: SnapshotView, passesGaps: Bool) async throws(HoldfastError) -> Int {
        let n = view.log.length
        if let missing = view.missing {
            let name = ObjectName.record(missing, of: view.id)
            // A record that a listing missed is none that is gone.
            let isPassed = passesGaps ? try await !mayStand(name) : false
            guard isPassed else { throw .missing(name, needed: "the log of snapshot \(view.id)") }
        }
        guard ObjectName(listed: ObjectName.record(n, of: view.id).text) != nil else {
            let last = ObjectName.record(n - 1, of: view.id)
            throw .refused(
                "\(last) has the last number that there is", object: "\(last)", remedy: "delete that object, then run it again")
        }
        return n
    }

    /// Gives up a snapshot of one's own that came to nothing. False where it is not open any more, or was committed first.
    func giveUp(
        _ id: SnapshotID, because error: HoldfastError, at time: Timestamp, by node: String
    ) async throws(HoldfastError) -> Bool {
        guard let view = try await readSnapshot(id), view.log.state == .open else { return false }
        return try await abort(view, reason: "\(error)", at: time, by: node)
    }

    /// The same for one that nobody will go on with, also where this task was cancelled. Answers `error`, which names the snapshot where even
    /// that fails.
    func endUnresumed(
        _ id: SnapshotID, because error: HoldfastError, at time: Timestamp, by node: String
    ) async -> HoldfastError {
        let failure = await Task { () async -> HoldfastError? in
            do throws(HoldfastError) {
                _ = try await giveUp(id, because: error, at: time, by: node)
                return nil
            } catch {
                return error
            }
        }.value
        return failure == nil ? error : .leftOpen(id, error)
    }

    /// Fences a silent writer: creates *aborted* at the manifest's own name. False where it committed first.
    package func abort(_ view: SnapshotView, reason: String, at time: Timestamp, by node: String) async throws(HoldfastError)
        -> Bool
    {
        try Self.requireRead(view)
        let record = SnapshotRecord(n: 1, at: time, by: node, event: .aborted(reason: reason))
        let bytes = try encoded(record, after: view)
        return try await create(.record(1, of: view.id), bytes)
    }
}
