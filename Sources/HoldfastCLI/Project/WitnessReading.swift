import Holdfast
import HoldfastCatalog
import HoldfastModel

/// Holds a repository against what this machine remembers of it (`docs/PROTOCOL.md`, section 8, ruling 3).
struct WitnessReading {
    let context: ClusterContext
    private let memory: WitnessMemory

    /// Reads the memory: to be made before the listing that it is compared with.
    init(_ context: ClusterContext) throws {
        self.context = context
        memory = try context.witness.memory()
    }

    /// Reads the repository and compares. What is right is remembered; the alarms are answered.
    func observe() async throws -> [WitnessAlarm] {
        let keyLog = try await context.repository.readKeyLog()
        var seen: [SeenSnapshot] = []
        try await context.repository.forEachSnapshot { (view) throws(HoldfastError) in
            seen.append(SeenSnapshot(view.log, sum: view.sum))
        }
        let sighting = WitnessSighting(repository: context.repository.id, keyLogSums: keyLog.digests, snapshots: seen)
        let comparison = WitnessComparison(of: memory, with: sighting, at: context.now)
        try context.witness.observe(comparison)
        var alarms: [WitnessAlarm] = []
        for alarm in comparison.alarms where try await !isPurge(alarm) { alarms.append(alarm) }
        return alarms
    }

    /// A purge that ran during the listing looks like a shortened log, until one looks at the start record once more (ruling 8).
    private func isPurge(_ alarm: WitnessAlarm) async throws -> Bool {
        switch alarm {
        case .manifestGone(let id), .logShortened(let id, _, _):
            try await !context.repository.exists(.record(0, of: id))
        case .repositoryChanged, .keyLogShortened, .keyLogForked, .snapshotGone, .manifestChanged: false
        }
    }
}
