import HoldfastFormat
import HoldfastModel

/// Looks for damage: in every log, every reference, and on demand in every byte. It goes on after an error and tells all.
///
/// What is purged while it looks is skipped (`docs/PROTOCOL.md`, section 8, ruling 8).
package struct CheckRepository: Sendable {
    let repository: Repository
    let progress: @Sendable (CheckProgress) -> Void

    package init(repository: Repository, progress: @escaping @Sendable (CheckProgress) -> Void = { _ in }) {
        self.repository = repository
        self.progress = progress
    }

    package func run(_ request: CheckRequest) async throws(HoldfastError) -> CheckResult {
        let findings = CheckFindings()
        let memory = try request.watch?.memory()
        try await checkDescription(findings)
        let keyLog = try await checkKeyLog(findings)
        let terms = keyLog.flatMap { request.watch?.terms(under: $0.log.compliance) }
        var references = PackReferences()
        var existing: [SnapshotView] = []
        var seen: [SeenSnapshot] = []
        var startless: [SnapshotID] = []
        var latest: (position: Int, id: SnapshotID)?
        var ahead: (position: Int, id: SnapshotID)?
        var logged: [(id: SnapshotID, damage: (detail: String, packs: [Digest]?))] = []
        // What this machine will remember must stand after a crash as well.
        try await repository.forEachSnapshot(isReliedOn: memory != nil) { (view) throws(HoldfastError) in
            check(view, &references, findings)
            if view.log.exists, request.readsData { existing.append(view) }
            if view.log.exists, let damage = view.log.damage { logged.append((view.id, damage)) }
            if view.isStartGone { startless.append(view.id) }
            if let position = view.keyLogPosition, position > latest?.position ?? -1 { latest = (position, view.id) }
            if let position = view.openReading?.position, position > ahead?.position ?? -1 { ahead = (position, view.id) }
            if let terms { seen.append(view.sighting(under: terms)) }
        }
        if let watch = request.watch, let memory { try await compare(keyLog, seen, with: memory, by: watch, findings) }
        for id in startless { try await checkStart(of: id, findings) }
        if let keyLog, let latest {
            try await checkEnd(of: keyLog.log, latest.position, latest.id, KeyLog.remedyOfLoss(toldBy: latest.id), findings)
        }
        if let keyLog, let ahead {
            try await checkEnd(of: keyLog.log, ahead.position, ahead.id, KeyLog.remedyOfLoss(toldByOpen: ahead.id), findings)
        }
        let packs = references.sorted()
        try await checkPresence(of: packs, findings)
        var read: Set<Digest> = []
        if let keys = request.keys, request.readsData {
            read = try await CheckContents(check: self, request: request, keys: keys, findings: findings).run(existing)
        }
        try await readPacks(packs, except: read, request, findings)
        try await settle(findings)
        for (id, damage) in logged { findings.add(logged: damage.detail, in: damage.packs, of: id) }
        return findings.result
    }

    /// A manifest that the listing showed without its start record.
    private func checkStart(of id: SnapshotID, _ findings: CheckFindings) async throws(HoldfastError) {
        guard try await repository.isStartStillGone(id) else { return }
        let message =
            "it is gone, and its manifest stands: lost, or a commit that came after the snapshot was given up and purged; put it back "
            + "from a copy, or have it removed with holdfast prune --yes"
        findings.add(CheckError("\(ObjectName.record(0, of: id))", .startGone, message), about: id)
    }

    private func compare(
        _ keyLog: KeyLogReading?, _ seen: [SeenSnapshot], with memory: WitnessMemory, by watch: WitnessWatch,
        _ findings: CheckFindings
    ) async throws(HoldfastError) {
        guard let keyLog else {
            let message = "the key log cannot be read, so nothing was compared with what this machine remembers, nor accepted"
            findings.add(CheckError("witness", .alarm, message))
            return
        }
        let (alarms, accepted) = try await watch.alarms(of: repository, keyLog, seen, since: memory)
        findings.accept(accepted)
        for alarm in alarms {
            let remedy = alarm.subject.map { "; if that is right: holdfast check --accept \($0)" } ?? ""
            let snapshot: SnapshotID? = if case .snapshot(let id) = alarm.subject { id } else { nil }
            findings.add(CheckError("witness", .alarm, "\(alarm)\(remedy)"), about: snapshot)
        }
    }

    private func checkDescription(_ findings: CheckFindings) async throws(HoldfastError) {
        let name = ObjectName.repository
        do throws(StoreError) {
            switch RepositoryDescription.read(try await repository.store.read(name)) {
            case .success(let description) where description.repository != repository.id:
                findings.add(CheckError("\(name)", .record, "it names repository \(description.repository)"))
            case .success: break
            case .failure(let error): findings.add(CheckError("\(name)", error.isNewer ? .newerFormat : .record, "\(error)"))
            }
        } catch .notFound {
            findings.add(CheckError("\(name)", .missing, "it is missing"))
        } catch .damaged(_, let detail) {
            findings.add(CheckError("\(name)", .record, detail))
        } catch {
            throw .store(error)
        }
    }

    /// Nil where it cannot be read, which is found as such.
    private func checkKeyLog(_ findings: CheckFindings) async throws(HoldfastError) -> KeyLogReading? {
        do throws(HoldfastError) {
            let reading = try await repository.readKeyLog()
            for record in reading.log.records {
                guard case .unknown(let kind) = record.event else { continue }
                findings.add(newer: .keyRecord(record.n), Self.unknown(kind))
            }
            return reading
        } catch .object(let name, let error) {
            findings.add(CheckError("\(name)", error.isNewer ? .newerFormat : .keyLog, "\(error)"))
        } catch .missing(let name, _) {
            findings.add(CheckError("\(name)", .keyLog, "it is missing"))
        } catch .store(.damaged(let name, let detail)) {
            findings.add(CheckError("\(name)", .keyLog, detail))
        } catch {
            throw error
        }
        return nil
    }

    /// Whether the key log has all that the writer of a snapshot had read of it.
    private func checkEnd(
        of keyLog: KeyLog, _ position: Int, _ id: SnapshotID, _ remedy: String, _ findings: CheckFindings
    ) async throws(HoldfastError) {
        do throws(HoldfastError) {
            try await repository.requireKeyLog(upTo: position, neededFor: id, havingRead: keyLog)
        } catch .keyLogEnds(let name, _) {
            let message =
                "it is missing: snapshot \(id.short) was begun when the key log went up to record \(position); \(remedy)"
            findings.add(CheckError("\(name)", .keyLog, message), about: id)
        } catch {
            throw error
        }
    }

    private func check(_ view: SnapshotView, _ references: inout PackReferences, _ findings: CheckFindings) {
        let name = { (n: Int) in "\(ObjectName.record(n, of: view.id))" }
        for (n, why) in view.problems {
            let kind = why == "\(FormatError.newerFormat)" ? CheckError.Kind.newerFormat : .record
            let isDamage = view.log.exists && kind == .record
            findings.add(CheckError(name(n), kind, why), touching: isDamage ? view.id : nil, about: view.id)
        }
        for record in view.log.records {
            guard case .unknown(let kind) = record.event else { continue }
            findings.add(newer: .record(record.n, of: view.id), Self.unknown(kind))
        }
        switch view.log.state {
        case .open: findings.count { $0.open += 1 }
        case .void, .aborted, .deleting: findings.count { $0.strays += 1 }
        case .live, .trash, .unreadable:
            findings.count { $0.snapshots += 1 }
            if view.log.header?.base == view.id {
                findings.add(CheckError(name(1), .inconsistent, "it is its own base"), touching: view.id)
            }
            for pack in view.packs { references.add(pack, of: view.id, findings) }
        }
    }

    private static func unknown(_ kind: String) -> String { "a record of kind '\(kind)', which this version does not know" }

    /// Names the snapshots that each bad pack is missed by, as a fresh reading has them: none means that it was purged meanwhile.
    private func settle(_ findings: CheckFindings) async throws(HoldfastError) {
        let badPacks = findings.badPacks
        guard !badPacks.isEmpty else { return }
        var needed: [Digest: [SnapshotID]] = [:]
        try await repository.forEachSnapshot(isReliedOn: false) { (view) throws(HoldfastError) in
            guard view.log.exists else { return }
            for pack in view.packs where badPacks[pack.id] != nil { needed[pack.id, default: []].append(view.id) }
        }
        for (pack, error) in badPacks {
            guard let snapshots = needed[pack] else { continue }
            let names = snapshots.prefix(5).map(\.short).joined(separator: ", ")
            let message = "\(error.message); \(snapshots.count) snapshots need it: \(names)"
            for snapshot in snapshots {
                findings.add(CheckError(error.object, error.kind, message), touching: snapshot, in: pack)
            }
        }
    }
}

extension RepositoryDescription {
    fileprivate static func read(_ bytes: [UInt8]) -> Result<RepositoryDescription, FormatError> {
        do throws(FormatError) { return .success(try RepositoryDescription(parsing: bytes)) } catch { return .failure(error) }
    }
}
