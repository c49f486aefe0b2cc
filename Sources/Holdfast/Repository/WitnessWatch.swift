package import HoldfastCatalog
package import HoldfastModel

/// Holds one reading of a repository against what this machine remembers of it: what is right is remembered, the rest is an alarm
/// (`docs/PROTOCOL.md`, section 5, ruling 3).
package struct WitnessWatch: Sendable {
    private let witness: Witness
    private let policy: Policy
    private let now: Timestamp
    private let isTimeGiven: Bool
    private let localTime: Timestamp?
    /// What a user calls right as this one reading shows it.
    package var accepting: Set<WitnessSubject> = []
    /// Gets why what was seen cannot be remembered, of a reading that only tells: what is wrong it tells all the same. Nil: the reading fails.
    package var noteUnkept: (@Sendable (WitnessError) -> Void)?

    /// - Parameters:
    ///   - policy: as the project file has it.
    ///   - now: the store's clock, or a time given by hand (`isTimeGiven`).
    ///   - localTime: this machine's clock; nil: `now` is.
    package init(
        _ witness: Witness, policy: Policy, at now: Timestamp, isTimeGiven: Bool = false, localTime: Timestamp? = nil
    ) {
        self.witness = witness
        self.policy = policy
        self.now = now
        self.isTimeGiven = isTimeGiven
        self.localTime = localTime
    }

    /// By which dates of snapshots are to be read, given what the key log promises.
    func terms(under compliance: Compliance?) -> RetentionTerms {
        RetentionTerms(policy, under: compliance, isTimeGiven: isTimeGiven)
    }

    /// To be read before the listing is begun.
    func memory() throws(HoldfastError) -> WitnessMemory {
        do { return try witness.memory() } catch { throw .witness(error) }
    }

    /// What is wrong, and what would be and was accepted.
    func alarms(
        of repository: Repository, _ keyLog: KeyLogReading, _ seen: [SeenSnapshot], since memory: WitnessMemory
    ) async throws(HoldfastError) -> (standing: [WitnessAlarm], accepted: [WitnessAlarm]) {
        let sighting = WitnessSighting(
            repository: repository.id, keyLogSums: keyLog.digests, snapshots: seen, under: keyLog.log.compliance)
        let comparison = WitnessComparison(
            of: memory, with: sighting, at: now, localTime: localTime, accepting: accepting)
        do {
            try witness.observe(comparison)
        } catch {
            // What was accepted is remembered, or it was not.
            guard let noteUnkept, accepting.isEmpty else { throw .witness(error) }
            noteUnkept(error)
        }
        return (try await standing(comparison.alarms, in: repository), comparison.accepted)
    }

    /// Leaves out what a purge that ran meanwhile looks like: its start record went first (ruling 8).
    private func standing(_ alarms: [WitnessAlarm], in repository: Repository) async throws(HoldfastError) -> [WitnessAlarm] {
        var standing: [WitnessAlarm] = []
        for alarm in alarms {
            switch alarm {
            case .manifestGone(let id), .logShortened(let id, _, _):
                if try await repository.mayStand(.record(0, of: id)) { standing.append(alarm) }
            case .startGone(let id):
                if try await repository.isStartStillGone(id) { standing.append(alarm) }
            case .repositoryChanged, .keyLogShortened, .keyLogForked, .snapshotGone, .manifestChanged: standing.append(alarm)
            }
        }
        return standing
    }
}
