import HoldfastFormat
import HoldfastModel

/// What one listing of the repository says to the pruner: who exists, what is final, and which packs must stay.
struct PruneSurvey {
    /// All snapshots of the listing, ascending by id, without their pack tables.
    private(set) var views: [SnapshotView] = []
    /// Packs of every snapshot that exists, and of the base of every open one (rule R10).
    private(set) var keep: Set<Digest> = []
    /// How much of each owner's packs that is.
    private(set) var shares: [SnapshotID: PackShare] = [:]
    /// Without a start record, though nothing says that they were to go: their records and packs stay, unless a person has said otherwise.
    private(set) var startsGone: Set<SnapshotID> = []
    private(set) var basesOfOpen: Set<SnapshotID> = []
    /// While there are any, no pack is deleted: what they need is not known (`docs/PROTOCOL.md`, section 8, ruling 6).
    private(set) var obstacles: [PruneStop] = []
    /// Something was purged while this was read, so `keep` may lack what others took over from it.
    private(set) var isBehind: Bool
    /// What a dry run would have made final before this listing.
    private let pretended: Set<SnapshotID>
    private let keepsStartless: Bool

    /// `isReliedOn`: whether anything will be decided by it. `keepsStartless`: nobody has said that what lacks its start record is to go.
    init(
        of repository: Repository, pretending pretended: Set<SnapshotID>, alarms: [WitnessAlarm], isReliedOn: Bool,
        keepsStartless: Bool
    ) async throws(HoldfastError) {
        self.pretended = pretended
        self.keepsStartless = keepsStartless
        obstacles = alarms.filter(\.hidesManifest).map(PruneStop.alarm)
        isBehind = false
        isBehind = try await !repository.forEachSnapshot(isReliedOn: isReliedOn) { (view) throws(HoldfastError) in add(view) }
            .isEmpty
        for view in views where view.log.state == .open && !isFinal(view) {
            guard let base = view.log.start?.base, isFinal(base) || !has(startOf: base) else { continue }
            try await keepPacks(ofBase: base, of: view.id, in: repository)
        }
    }

    /// Aborted or deleting, and hence ready to go unless it is the base of an open snapshot (rule R11).
    var final: Set<SnapshotID> { Set(views.filter(isFinal).map(\.id)) }

    func isFinal(_ id: SnapshotID) -> Bool { self[id].map(isFinal) ?? false }

    func isFinal(_ view: SnapshotView) -> Bool { view.log.isFinal || pretended.contains(view.id) }

    func has(startOf id: SnapshotID) -> Bool { self[id].map { $0.log.state != .void } ?? false }

    subscript(id: SnapshotID) -> SnapshotView? {
        let index = views.partitioningIndex { $0.id >= id }
        return index < views.count && views[index].id == id ? views[index] : nil
    }

    private mutating func add(_ view: SnapshotView) {
        views.append(view.withoutPackTable)
        guard !isFinal(view) else { return }
        obstacles += view.obstacles
        if keepsStartless, view.isStartGone { keepStartless(view) }
        switch view.log.state {
        case .open: if let base = view.log.start?.base { basesOfOpen.insert(base) }
        case .live, .trash, .unreadable: keep(view.packs)
        case .void, .aborted, .deleting: break
        }
    }

    /// What it needs is known by its manifest, if that can be read.
    private mutating func keepStartless(_ view: SnapshotView) {
        guard view.sum != nil else { return obstacles.append(.startGone(view.id)) }
        startsGone.insert(view.id)
        keep(view.packs)
    }

    private mutating func keep(_ packs: [PackEntry]) {
        for pack in packs where keep.insert(pack.id).inserted { shares[pack.owner, default: PackShare()].add(pack.id) }
    }

    private mutating func keepPacks(
        ofBase id: SnapshotID, of child: SnapshotID, in repository: Repository
    ) async throws(HoldfastError) {
        guard let view = try await repository.readSnapshot(id), view.log.state != .void else {
            // While its child is in progress a base goes only if the child goes without one (rules R4 and R11).
            isBehind = try await repository.readSnapshot(child)?.log.state != .open || isBehind
            return
        }
        if case .unreadable(let why) = view.log.outcome { obstacles.append(.unreadable(id, why: why)) }
        keep(view.packs)
    }
}

extension SnapshotView {
    /// What keeps anybody from knowing which packs it needs, or what was decided about it.
    fileprivate var obstacles: [PruneStop] {
        if case .unreadable(let why) = log.state { return [.unreadable(id, why: why)] }
        return log.state == .void ? [] : log.unknownKinds.map { .unknownRecord(id, kind: $0) }
    }
}
