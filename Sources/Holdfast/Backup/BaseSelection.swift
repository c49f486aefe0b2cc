import HoldfastCatalog
import HoldfastFormat
import HoldfastModel

/// Chooses the earlier snapshot that a new one may refer to (`docs/PROTOCOL.md`, W1 and W2).
struct BaseSelection {
    let repository: Repository
    let keys: KeyManagers
    let witness: Witness?

    struct Choice: Sendable {
        let base: OpenedSnapshot?
        /// Why there is none, or why a newer one was passed over.
        let notes: [String]
    }

    /// How many remembered snapshots are tried before a full one is taken.
    private static let maximumTries = 3

    func choose(_ request: BackupRequest, keyLog: KeyLog) async throws(HoldfastError) -> Choice {
        let candidates: [(id: SnapshotID, sum: Digest?)]
        switch request.base {
        case .none: return Choice(base: nil, notes: ["a full snapshot was asked for"])
        case .snapshot(let id): candidates = [(id, nil)]
        case .anyOfSource: candidates = try await newest(of: request)
        case .remembered:
            do {
                let known = try witness?.bases(node: request.node, source: request.source) ?? []
                candidates = known.prefix(Self.maximumTries).map { ($0.id, $0.sum) }
            } catch {
                throw .witness(error)
            }
        }
        guard !candidates.isEmpty else {
            let whose = if case .anyOfSource = request.base { "there is" } else { "this node remembers" }
            return Choice(base: nil, notes: ["\(whose) no earlier snapshot of \(request.source)"])
        }
        var notes: [String] = []
        for (id, sum) in candidates {
            switch try await open(id, committedAs: sum, request, keyLog) {
            case .success(let base): return Choice(base: base, notes: notes)
            case .failure(let reason): notes.append("snapshot \(id.short) cannot be the base: \(reason.text)")
            }
        }
        return Choice(base: nil, notes: notes)
    }

    /// Live ones that are not dated in the future, newest first.
    private func newest(of request: BackupRequest) async throws(HoldfastError) -> [(id: SnapshotID, sum: Digest?)] {
        var found: [(time: Timestamp, id: SnapshotID, sum: Digest?)] = []
        try await repository.forEachSnapshot { (view) throws(HoldfastError) in
            guard view.log.state == .live, let header = view.log.header, header.time <= request.time,
                header.node == request.node, header.source == request.source
            else { return }
            found.append((header.time, view.id, view.sum))
        }
        return found.sorted { ($0.time, $0.id) > ($1.time, $1.id) }.prefix(Self.maximumTries).map { ($0.id, $0.sum) }
    }

    private struct Reason: Error { let text: String }

    private func open(
        _ id: SnapshotID, committedAs sum: Digest?, _ request: BackupRequest, _ keyLog: KeyLog
    ) async throws(HoldfastError) -> Result<OpenedSnapshot, Reason> {
        guard let view = try await repository.readSnapshot(id) else { return .failure(Reason(text: "it is not there any more")) }
        if case .unreadable(let why) = view.log.state { return .failure(Reason(text: "it cannot be read: \(why)")) }
        guard view.log.state == .live, let header = view.log.header else {
            return .failure(Reason(text: "it is in the trash or gone"))
        }
        guard sum == nil || view.sum == sum else {
            return .failure(Reason(text: "its manifest is not the one that this node committed"))
        }
        if let damage = view.log.damage, damage.packs == nil {
            return .failure(Reason(text: "a check found it damaged: \(damage.detail)"))
        }
        guard header.node == request.node, header.source == request.source else {
            return .failure(Reason(text: "it is of \(header.node)/\(header.source)"))
        }
        if let barrier = keyLog.newestBarrier, header.keyLogPosition < barrier {
            return .failure(Reason(text: "it was taken before the last rotate --fresh"))
        }
        let base: OpenedSnapshot
        do throws(HoldfastError) {
            base = try await OpenedSnapshot.open(view, in: repository, with: keys)
        } catch .store(let error) {
            throw .store(error)
        } catch {
            return .failure(Reason(text: "\(error)"))
        }
        // Only now is its header proven: anybody who may create snapshots can write one that claims to have read more.
        try await repository.requireKeyLog(upTo: base.header.keyLogPosition, neededFor: id, havingRead: keyLog)
        guard base.body.source.kind == request.kind else { return .failure(Reason(text: "the source's kind was changed")) }
        guard try await isLockedAsItSays(base) else {
            return .failure(Reason(text: "its store does not keep it as its header says, or less strictly than now"))
        }
        return .success(base)
    }

    /// A bucket that was copied has the header and not the locks; one whose lock was made stricter has packs that are kept less strictly.
    func isLockedAsItSays(_ base: OpenedSnapshot) async throws(HoldfastError) -> Bool {
        guard repository.store.locksObjects, let lock = base.header.lock else { return true }
        do { return try await repository.store.locks(.record(1, of: base.id), until: lock.until) } catch { throw .store(error) }
    }

    /// Whether the base still stands after the start record named it: its log read, record 0 last (rules R3 and R4).
    func isAlive(_ base: SnapshotID) async throws(HoldfastError) -> Bool {
        guard let view = try await repository.readSnapshot(base), view.log.exists else { return false }
        return try await repository.exists(.record(0, of: base))
    }
}
