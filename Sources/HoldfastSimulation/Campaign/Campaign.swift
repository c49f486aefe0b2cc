import Foundation

/// Many histories, one after another, until one breaks a promise.
struct Campaign {
    let seeds: Range<UInt64>
    let stepLimit: Int
    let breakage: Breakage?
    let isTraced: Bool

    struct Result {
        var tally = Tally()
        var count = 0
        /// Of the histories that broke a promise.
        var broken: [History.Outcome] = []
        var traceSum: UInt64 = 0
    }

    /// `mostBroken`: after so many broken histories no more are begun. Each is told at once.
    func run(mostBroken: Int, tell: (History.Outcome) -> Void) throws -> Result {
        let directory = FileManager.default.temporaryDirectory.appending(path: "holdfast-simulation-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(
            atPath: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        defer { _ = unlinkAll(directory) }
        let contents = try Contents(in: directory)
        var result = Result()
        for seed in seeds where result.broken.count < mostBroken {
            var history = History(
                seed: seed, stepLimit: stepLimit, breakage: breakage, contents: contents, directory: directory, isTraced: isTraced
            )
            let outcome = history.run()
            result.tally.add(outcome.tally)
            result.count += 1
            result.traceSum = (result.traceSum ^ outcome.traceSum) &* 0x0000_0100_0000_01b3
            if outcome.violation != nil {
                result.broken.append(outcome)
                tell(outcome)
            }
        }
        return result
    }

    /// What cannot be removed is left to whoever empties the directory for temporary files.
    private func unlinkAll(_ directory: String) -> Bool {
        do {
            try FileManager.default.removeItem(atPath: directory)
            return true
        } catch {
            return false
        }
    }
}
