package import HoldfastModel

/// Makes a new CMK active in every cluster, and retires for good whatever was active before (`docs/PROTOCOL.md`, K2), but for recovery
/// CMKs: those are to wrap every snapshot, and a retired one wraps none.
///
/// Each step stands in a key log once it is done, so anybody may run it again and finish it.
package struct RotateKey: Sendable {
    /// What stands in every key log once it is done.
    package struct Outcome: Hashable, Sendable {
        package let active: CMK
        /// What was not retired everywhere before; ascending.
        package let retired: [CMK]
        /// What was active before, and goes on as a recovery CMK; ascending.
        package let kept: [CMK]
        package let clusters: [String]
    }

    private let project: ProjectRepositories
    private let keys: KeyManagers

    package init(_ project: ProjectRepositories, keys: KeyManagers) {
        self.project = project
        self.keys = keys
    }

    /// `fresh` sets a barrier as well: no snapshot takes a base from before it. Throws `.refused` for a CMK that was retired or
    /// announced anywhere: neither is ever undone.
    package func run(
        to cmk: CMK, fresh: Bool = false, at time: Timestamp, by node: String
    ) async throws(HoldfastError) -> Outcome {
        let logs = try await project.readKeyLogs()
        try await keys.require([cmk], among: Set(logs.values.flatMap(\.named)))
        for repository in project.repositories {
            if let log = logs[repository.id] { try refuseUsed(cmk, in: log, of: repository) }
            try await keys.validate(cmk, for: repository, by: node)
        }
        let old = logs.values.reduce(into: Set()) { $0.formUnion($1.everActive) }.subtracting([cmk])
        let unretired = old.filter { cmk in logs.values.contains { !$0.isRetired(cmk) } }
        for repository in project.repositories { try await keys.recordUse(of: cmk, by: repository) }
        try await activate(cmk, at: time, by: node)
        if fresh { try await setBarrier(after: cmk, at: time, by: node) }
        try await project.retire(old.subtracting(project.recovery).sorted(), at: time, by: node)
        return Outcome(
            active: cmk, retired: unretired.subtracting(project.recovery).sorted(),
            kept: unretired.intersection(project.recovery).sorted(), clusters: project.repositories.map(\.cluster))
    }

    private func activate(_ cmk: CMK, at time: Timestamp, by node: String) async throws(HoldfastError) {
        try await project.appendEverywhere(at: time, by: node) { log, repository throws(HoldfastError) in
            try refuseUsed(cmk, in: log, of: repository)
            return log.active == cmk ? nil : .activate(cmk)
        }
    }

    private func setBarrier(after cmk: CMK, at time: Timestamp, by node: String) async throws(HoldfastError) {
        try await project.appendEverywhere(at: time, by: node) { log, _ in
            let activation = log.records.last { $0.event == .activate(cmk) }?.n ?? log.position
            return (log.newestBarrier ?? -1) > activation ? nil : .barrier
        }
    }

    private func refuseUsed(_ cmk: CMK, in log: KeyLog, of repository: Repository) throws(HoldfastError) {
        guard !log.isRetired(cmk), !log.leaving.contains(cmk) else {
            throw .refused(
                "\(cmk) was retired in \(repository.cluster), for good", object: cmk.uri,
                remedy: "make a new CMK: holdfast keys create")
        }
    }
}

/// Retires a CMK in every cluster: no new snapshot may use it, for good.
package struct RetireKey: Sendable {
    private let project: ProjectRepositories
    private let keys: KeyManagers

    package init(_ project: ProjectRepositories, keys: KeyManagers) {
        self.project = project
        self.keys = keys
    }

    /// Throws `.refused` where it is active or a recovery CMK, and `.unknownCMK` for one that nothing knows: a slip of the pen would stay
    /// for ever.
    package func run(_ cmk: CMK, at time: Timestamp, by node: String) async throws(HoldfastError) {
        guard !project.recovery.contains(cmk) else {
            throw .refused(
                "\(cmk) is a recovery CMK, and retired it would wrap no snapshot any more", object: cmk.uri,
                remedy: "take it out of recovery: in the project file, then run it again")
        }
        let logs = try await project.readKeyLogs()
        try await keys.require([cmk], among: Set(logs.values.flatMap(\.named)))
        for repository in project.repositories where logs[repository.id]?.active == cmk {
            throw .isActive(cmk, in: repository)
        }
        try await project.retire([cmk], at: time, by: node)
    }
}

extension ProjectRepositories {
    /// Retires them in every key log, also where they were never active. Throws `.refused` where one is active.
    func retire(_ cmks: [CMK], at time: Timestamp, by node: String) async throws(HoldfastError) {
        try await appendEverywhere(at: time, by: node) { log, repository throws(HoldfastError) in
            if let active = log.active, cmks.contains(active) { throw .isActive(active, in: repository) }
            return cmks.first { !log.isRetired($0) }.map { .retire($0) }
        }
    }
}

extension KeyLog {
    /// CMKs that were active at any time.
    var everActive: Set<CMK> {
        records.reduce(into: []) { cmks, record in
            if case .activate(let cmk) = record.event { cmks.insert(cmk) }
        }
    }
}

extension HoldfastError {
    static func isActive(_ cmk: CMK, in repository: Repository) -> Self {
        .refused(
            "\(cmk) is active in \(repository.cluster)", object: cmk.uri, remedy: "rotate first: holdfast keys rotate --to URI")
    }
}
