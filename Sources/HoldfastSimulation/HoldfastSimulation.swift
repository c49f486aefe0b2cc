import ArgumentParser
import Foundation

/// Lives whole histories of a project in one process, with everything that can go wrong, and holds every promise against what happened.
@main
struct HoldfastSimulation: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "holdfast-simulation",
        abstract: "Histories of writers, pruners, operators and their faults, by seed.",
        discussion: "Exit 1 where a promise was broken, 2 where a kind of fault or work never occurred.")

    @Argument(help: "How many histories.") var count: UInt64 = 1000
    @Option(help: "The first history's seed; the others follow.") var seed: UInt64 = 1
    @Option(help: "How many steps a history has.") var steps = 1500
    @Option(help: "A store that breaks its word: \(Breakage.allCases.map(\.rawValue).joined(separator: ", ")).") var broken:
        String?
    @Option(help: "After so many broken histories no more are begun.") var most = 1
    @Flag(help: "Say every step.") var trace = false
    @Flag(help: "All kinds of faults and of work must occur.") var complete = false

    func validate() throws {
        if let broken, Breakage(rawValue: broken) == nil { throw ValidationError("there is no store that '\(broken)'") }
        // Without it a set's order, and with it who goes first, is another one in every process.
        guard ProcessInfo.processInfo.environment["SWIFT_DETERMINISTIC_HASHING"] != nil else {
            throw ValidationError("set SWIFT_DETERMINISTIC_HASHING=1, as scripts/simulate does: a seed would not replay")
        }
    }

    func run() throws {
        let campaign = Campaign(
            seeds: seed..<seed + count, stepLimit: steps, breakage: broken.flatMap(Breakage.init), isTraced: trace)
        let result = try campaign.run(mostBroken: most) { outcome in
            print("seed \(outcome.seed): BROKEN: \(outcome.violation ?? "")")
            // Whoever waits for a long campaign wants to know now.
            fflush(nil)
        }
        for line in result.tally.lines { print(line) }
        print("\(result.count) histories, \(result.broken.count) broken, trace \(String(result.traceSum, radix: 16))")
        if !result.broken.isEmpty { throw ExitCode(1) }
        let missing = result.tally.missing
        guard complete, !missing.isEmpty else { return }
        print("never occurred: " + missing.joined(separator: ", "))
        throw ExitCode(2)
    }
}
