import ArgumentParser
import Holdfast
import HoldfastFormat
import HoldfastModel

/// `holdfast policy simulate`
struct PolicySimulateCommand: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "Draw the coming weeks and months: what is taken, what goes, which CMK becomes free when.",
        discussion: """
            Example: holdfast policy simulate --until 2029-01-01

            As it will be if backups run as scheduled and prunes on time; nothing is changed, and no key is needed. Without \
            --cluster all clusters, and then also from when on each CMK is needed no more: exact dates follow from what is \
            written already, projected ones from the schedule.

            JSON: {message_type: "simulation", until, clusters [{name, problem or null, unread (snapshots that could not be read), periods [{start, end, taken, \
            condemned, purged, live, trash}]}], cmks [{uri, in_use, verdict, when {kind, date} or null}], or null with --cluster}.
            """)

    @Option(help: "Look so far ahead; default: a year.")
    var until: Timestamp?

    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(in session: Session) async throws -> ExitStatus {
        let project = try ProjectContext(session)
        let now = session.now
        let end = until ?? Period(days: 1).after(now) + 365 * 86_400
        guard end > now, end - now <= 36_525 * 86_400 else {
            throw Failure(.usage, "--until must lie ahead, by a hundred years at most", "\(end)", "name another date")
        }
        let survey = await ReadProject(try await project.repositories(), keys: project.keys).glance(at: now)
        let clusters = try project.chosenClusters()
        let simulations = survey.reading.clusters.compactMap { reading in
            clusters.first { $0.name == reading.name }.map { cluster in
                SimulatedCluster(
                    name: cluster.name, problem: reading.problem, unread: reading.snapshots.count { $0.problem != nil },
                    simulation: reading.simulation(from: now, until: end))
            }
        }
        let isWhole = clusters.count == project.project.clusters.count
        let which = isWhole ? DeletionCheck(survey.reading, now: now).which() : nil
        let text = SimulationText(clusters: simulations, which: which, until: end)
        if session.options.isJSON {
            try session.output.print(text.json)
        } else {
            for line in text.lines { try session.output.print(line) }
        }
        return simulations.allSatisfy(\.isWhole) && which?.isComplete != false ? .done : .unknown
    }
}

/// What one cluster will do.
struct SimulatedCluster {
    let name: String
    /// Why it could not be read whole; nil where it was.
    let problem: String?
    /// How many of its snapshots cannot be read, and so count nowhere.
    let unread: Int
    let simulation: Simulation

    var isWhole: Bool { problem == nil && unread == 0 }
}
