/// Finds everything that deserves an alert in one reading of the project (`docs/RETENTION.md`, section 3.5).
package struct AlertCheck: Sendable {
    /// What is known besides the reading.
    package struct Circumstances: Sendable {
        package var now: Timestamp
        /// After so long the active CMK is called old; nil: never.
        package var rotateEvery: Period?
        /// When each CMK's deletion is due, as its key manager says.
        package var deletionDates: [CMK: Timestamp]
        /// Since when alerts stand.
        package var remembered: AlertRound.Memory
        /// Clusters in which a snapshot failed since a key manager did not answer.
        package var failedClusters: Set<String>
        /// Why a key manager answers nothing, or nothing that counts, by its scheme.
        package var silences: [String: KeyManagerSilence]
        package var drills: DrillWatch

        package init(
            now: Timestamp, rotateEvery: Period?, deletionDates: [CMK: Timestamp] = [:], remembered: AlertRound.Memory = [:],
            failedClusters: Set<String> = [], silences: [String: KeyManagerSilence] = [:], drills: DrillWatch = DrillWatch()
        ) {
            self.now = now
            self.rotateEvery = rotateEvery
            self.deletionDates = deletionDates
            self.remembered = remembered
            self.failedClusters = failedClusters
            self.silences = silences
            self.drills = drills
        }
    }

    private static let toleratedOutage: Int64 = 86_400

    let reading: ProjectReading
    let circumstances: Circumstances
    private let check: DeletionCheck

    package init(_ reading: ProjectReading, under circumstances: Circumstances) {
        self.reading = reading
        self.circumstances = circumstances
        check = DeletionCheck(reading, now: circumstances.now)
    }

    /// Nothing of the project went unread, nor of what drills have shown.
    package var isComplete: Bool { check.verdict(on: []).isComplete && circumstances.drills.unreadable.isEmpty }

    /// The most urgent first.
    package var alerts: [Alert] {
        let found = cmkAlerts + lost + unreadable + damaged + guarded + rosterGaps + clockSkews + rotationDue + drillAlerts
        return found.sorted { ($1.level, $0.identity) < ($0.level, $1.identity) }
    }

    private var cmkAlerts: [Alert] {
        reading.knownCMKs.sorted().flatMap { cmk -> [Alert] in
            let verdict = check.verdict(on: [cmk])
            return [
                danger(to: cmk, verdict), outage(of: cmk, verdict), unneeded(cmk, verdict), halfRetired(cmk),
                retiredRecovery(cmk), leftOutRecovery(cmk),
            ].compactMap(\.self)
        }
    }

    /// What may be needed by what could not be read counts where there may be no second time to look: a deletion that is pending.
    private func danger(to cmk: CMK, _ verdict: DeletionVerdict) -> Alert? {
        let isGoing = reading.state(of: cmk).isPendingDeletion || reading.keys[cmk]?.isPassing == true
        guard !verdict.blockers.isEmpty || isGoing && verdict.answer == .unknown else { return nil }
        let needs = needs(of: verdict)
        switch reading.state(of: cmk) {
        case .pendingDeletion, .pendingReplicaDeletion:
            let deletion = PendingDeletion(date: circumstances.deletionDates[cmk], now: circumstances.now)
            let overdue = deletion.isOverdue ? ": its key manager may delete it at any moment, and" : ":"
            return Alert(
                .cmkPendingDeletion, .critical, cmk.uri,
                "\(cmk) \(deletion.words), and \(needs)\(overdue) what only it opens will be lost",
                next: ["holdfast keys cancel-deletion \(cmk.shellWord)", "holdfast keys enable \(cmk.shellWord)"])
        case .disabled, .pendingImport:
            return Alert(
                .cmkDisabled, .critical, cmk.uri,
                "\(cmk) is disabled, and \(needs): what only it opens cannot be restored until it is enabled",
                next: ["holdfast keys enable \(cmk.shellWord)"])
        case .creating, .unavailable:
            return Alert(
                .cmkDisabled, .critical, cmk.uri,
                "\(cmk) cannot be used, and \(needs): what only it opens cannot be restored until its key manager has it ready",
                next: ["see to its custom key store, if it has one: holdfast keys list shows its state"])
        case .denied:
            return Alert(
                .cmkAccessRevoked, .critical, cmk.uri,
                "access to \(cmk) is denied, and \(needs): no snapshot and no restore until access is back",
                next: ["give this project's role the right to use it again"])
        case .destroyed, .deleted:
            let uses = verdict.blockers.filter { $0.type == .active || $0.type == .recovery }
            guard !uses.isEmpty else { return nil }
            return Alert(
                .cmkAccessRevoked, .critical, cmk.uri,
                "\(cmk) is destroyed, and \(needs): no snapshot can be taken there until another takes its place",
                next: ["holdfast keys create", "holdfast keys rotate --to URI"])
        case .enabled where reading.keys[cmk]?.isPassing == true:
            let date = circumstances.deletionDates[cmk].map { " on \($0.toTheMinute) UTC" } ?? ""
            return Alert(
                .cmkPendingDeletion, .critical, cmk.uri,
                "the imported material of \(cmk) ends\(date), and \(needs): what only it opens cannot be restored from then on",
                next: [
                    "import it again, to last", "holdfast keys rewrap --from \(cmk.shellWord) --to URI",
                ])
        case .enabled, .unreachable: return nil
        }
    }

    private func needs(of verdict: DeletionVerdict) -> String {
        let count = verdict.blockers.count { $0.snapshot != nil }
        let snapshots = count == 0 ? [] : [Self.snapshots(count) + (count == 1 ? " needs it" : " need it")]
        let open = verdict.blockers.contains { $0.type == .pin } ? ["a snapshot in progress may need it"] : []
        let uses = verdict.blockers.filter { $0.type == .active || $0.type == .recovery }
        let inUse = uses.isEmpty ? [] : ["it is in use in \(Set(uses.map(\.cluster)).sorted().joined(separator: ", "))"]
        let unread = verdict.blockers.isEmpty ? ["what could not be read may need it"] : []
        return (snapshots + open + inUse + unread).joined(separator: ", and ")
    }

    private func outage(of cmk: CMK, _ verdict: DeletionVerdict) -> Alert? {
        let isNeeded = !verdict.blockers.isEmpty || verdict.unknowns.contains { $0.why == "key-state" }
        guard reading.state(of: cmk) == .unreachable, isNeeded else { return nil }
        let since = circumstances.remembered[.init(kind: .cmkUnreachable, subject: cmk.uri)]?.since ?? circumstances.now
        let hasFailed = verdict.blockers.contains { $0.type == .active && circumstances.failedClusters.contains($0.cluster) }
        let isLong = circumstances.now - since >= Self.toleratedOutage
        let members = (reading.keys[cmk]?.family ?? []).subtracting([cmk]).filter { reading.state(of: $0) == .enabled }
        return Alert(
            .cmkUnreachable, hasFailed || isLong ? .critical : .warning, cmk.uri,
            silence(of: cmk, since: since) + (hasFailed ? ", and a snapshot failed for it" : ""),
            next: members.isEmpty
                ? [remedy(forSilenceOf: cmk)] : members.sorted().map { "\($0) opens the same: reach it through that Region" })
    }

    private func silence(of cmk: CMK, since: Timestamp) -> String {
        guard let silence = circumstances.silences[cmk.scheme], silence.remedy != nil else {
            return "\(cmk) has not answered since \(since.toTheMinute) UTC"
        }
        return "there is no answer about \(cmk) since \(since.toTheMinute) UTC: \(silence.reason)"
    }

    private func remedy(forSilenceOf cmk: CMK) -> String {
        circumstances.silences[cmk.scheme]?.remedy ?? "see that its key manager can be reached from here"
    }

    private func unneeded(_ cmk: CMK, _ verdict: DeletionVerdict) -> Alert? {
        guard verdict.answer == .safeForGood, [.enabled, .disabled].contains(reading.state(of: cmk)),
            reading.clusters.contains(where: { $0.latestKeyLog?.isRetired(cmk) == true })
        else { return nil }
        return Alert(
            .retiredUnneeded, .info, cmk.uri, "\(cmk) is retired, and nothing needs it any more, as far as the store tells",
            next: ["holdfast keys check \(cmk.shellWord) --prove", "holdfast keys delete \(cmk.shellWord)"])
    }

    private func halfRetired(_ cmk: CMK) -> Alert? {
        let logs = reading.clusters.compactMap { cluster in cluster.latestKeyLog.map { (cluster.name, $0) } }
        let lagging = logs.filter { !$0.1.isRetired(cmk) && !$0.1.leaving.contains(cmk) }.map(\.0)
        guard lagging.count < logs.count, !lagging.isEmpty else { return nil }
        return Alert(
            .retiredNotEverywhere, .warning, cmk.uri, "\(cmk) is retired, and not yet in \(lagging.joined(separator: ", "))",
            next: ["holdfast keys retire \(cmk.shellWord)"])
    }

    private var lost: [Alert] {
        Dictionary(grouping: check.verdict(on: []).lost, by: \.cluster).map { cluster, places in
            Alert(
                .snapshotLost, .critical, cluster,
                "\(Self.snapshots(places.count)) of \(cluster) can be opened by no CMK any more: "
                    + Self.some(places.map(\.id.short)),
                next: [
                    "holdfast forget --cluster \(ShellWord.quoted(cluster)) \(places.prefix(3).map(\.id.short).joined(separator: " "))"
                ])
        }
    }

    private var unreadable: [Alert] {
        let unknowns = check.verdict(on: []).unknowns.filter { $0.why != "key-state" }
        return Dictionary(grouping: unknowns) { $0.cluster ?? $0.id }.map { place, found in
            let isConfigured = found.contains { $0.cluster != nil }
            let what = Self.some(found.map { "\($0.subject): \($0.words)" })
            return Alert(
                .unreadable, .critical, place, isConfigured ? "\(place) could not be read whole: \(what)" : what,
                next: found.first.map(\.remedies) ?? [])
        }
    }

    private var damaged: [Alert] {
        reading.clusters.compactMap { cluster in
            let damaged = cluster.snapshots.filter(\.isDamaged)
            guard !damaged.isEmpty else { return nil }
            let name = ShellWord.quoted(cluster.name)
            return Alert(
                .snapshotDamaged, .critical, cluster.name,
                "\(Self.snapshots(damaged.count)) of \(cluster.name), damaged: \(Self.some(damaged.map(\.id.short)))",
                next: ["holdfast check --cluster \(name)", "holdfast backup --cluster \(name) --base none"])
        }
    }

    private var guarded: [Alert] {
        reading.clusters.filter(\.retention.isBackupOn).flatMap { cluster in
            cluster.guardedAlone(at: circumstances.now).sorted { $0.key < $1.key }.map { group, snapshots -> Alert in
                let name = ShellWord.quoted(cluster.name)
                let ids = snapshots.prefix(3).map(\.short).joined(separator: " ")
                return Alert(
                    .guardHolding, .warning, "\(group)",
                    "only the guard still keeps a snapshot of \(group): its backups have stopped",
                    next: ["holdfast run, or holdfast backup as it was taken before"]
                        + (cluster.latestKeyLog?.compliance == nil
                            ? [
                                "or, if no more is to be taken of this source: holdfast forget --cluster \(name) \(ids)",
                                "or, if all of \(cluster.name) is to end: backup: off in the project file",
                            ] : ["or, to free the CMK of what compliance promises to keep: holdfast keys rewrap"]))
            }
        }
    }

    private var clockSkews: [Alert] {
        reading.clusters.filter { !$0.clockSkew.isTolerable }.map { cluster in
            Alert(
                .clockSkew, .warning, cluster.name,
                "this machine's clock and the store of \(cluster.name) differ by \(cluster.clockSkew): no snapshot "
                    + "and no prune starts", next: ["set this machine's clock"])
        }
    }

    private var rotationDue: [Alert] {
        guard let period = circumstances.rotateEvery else { return [] }
        var since: [CMK: Timestamp] = [:]
        for log in reading.clusters.compactMap(\.latestKeyLog) {
            guard let active = log.active, let time = log.activeSince else { continue }
            since[active] = max(since[active] ?? time, time)
        }
        return since.filter { period.after($0.value) <= circumstances.now }.map { cmk, time in
            Alert(
                .rotationDue, .info, cmk.uri, "\(cmk) has been active since \(time.date): rotating is due every \(period)",
                next: ["holdfast keys create", "holdfast keys rotate --to URI"])
        }
    }

    private static func snapshots(_ count: Int) -> String { count == 1 ? "1 snapshot" : "\(count) snapshots" }

    private static func some(_ texts: [String]) -> String {
        texts.prefix(3).joined(separator: ", ") + (texts.count > 3 ? " and \(texts.count - 3) more" : "")
    }
}
