import ArgumentParser
import Holdfast
import HoldfastFormat
import HoldfastModel
import HoldfastStorage

/// `holdfast find`
struct FindCommand: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "find", abstract: "Find files by name, in all snapshots or in some.",
        discussion: """
            Example: holdfast find '*.conf' --snapshot latest

            A pattern without a slash matches a name at any depth, ** any number of directories.

            JSON: an array of {snapshot, hits, matches: [entries as in ls]}, a snapshot without matches left out.
            """)

    @Argument(help: "One or more patterns.")
    var patterns: [String]

    @Option(help: "Look in this snapshot only; again for more.")
    var snapshot: [String] = []

    @Flag(name: .short, help: "Mode, owner, size and time as well.")
    var long = false

    @OptionGroup(title: "Snapshot options") var chosen: SnapshotOptions
    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(in session: Session) async throws -> ExitStatus {
        let find = FindEntries(try patterns.map { try Glob($0) })
        let context = try await ProjectContext(session).openForReading()
        var found: [JSONValue] = []
        for view in try await views(context, session) {
            let opened = try await OpenedSnapshot.open(view, in: context.repository, with: context.keys)
            var matches: [JSONValue] = []
            try await find.run(in: opened) { entry in
                let text = EntryText(entry: entry)
                if session.options.isJSON {
                    matches.append(.object(text.json))
                } else {
                    try session.output.print("\(view.id.short)  \(long ? text.long : text.path)")
                }
            }
            guard !matches.isEmpty else { continue }
            found.append(
                .object(["snapshot": .text(view.id), "hits": .integer(Int64(matches.count)), "matches": .array(matches)]))
        }
        if session.options.isJSON { try session.output.print(found) }
        return .done
    }

    private func views(_ context: ClusterContext, _ session: Session) async throws -> [SnapshotView] {
        let views = try await context.read(session).snapshots
        guard snapshot.isEmpty else {
            let selection = SelectSnapshot(node: chosen.node, tags: chosen.tag)
            return try snapshot.map { try selection.select($0, among: views) }
        }
        return views.filter { view in view.log.exists && view.log.header.map(chosen.fits) ?? true }
            .sorted { ($0.log.header?.time ?? context.now, $0.id) < ($1.log.header?.time ?? context.now, $1.id) }
    }
}
