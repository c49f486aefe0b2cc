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

            A snapshot that does not open, or of which a part cannot be read, is told below what the others have, with its exit code.

            JSON: an array of {snapshot, hits, matches: [entries as in ls]}, a snapshot without matches left out; then an exit_error in \
            a line of its own for each that could not all be searched.
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
        let find = FindEntries(try patterns.map { try Glob(written: $0) })
        let context = try await ProjectContext(session).open(for: .telling)
        var found: [JSONValue] = []
        var failures: [Failure] = []
        for view in try await views(context, session) {
            var matches: [JSONValue] = []
            do {
                let opened = try await OpenedSnapshot.open(view, in: context.repository, with: context.keys)
                let gaps = try await find.run(in: opened) { entry in
                    let text = EntryText(entry: entry)
                    if session.options.isJSON {
                        matches.append(.object(text.json))
                    } else {
                        try session.output.print("\(view.id.short)  \(long ? text.long : text.path)")
                    }
                }
                failures += gaps.map { gap in
                    Failure(gap.cause).saying(
                        "snapshot \(view.id.short): the listing is lost from \(gap.from.displayPath) \(gap.end)")
                }
            } catch {
                let failure = Failure(error)
                guard Self.isOfOneSnapshot(failure) else { throw error }
                failures.append(failure.saying("snapshot \(view.id.short) cannot all be searched"))
            }
            guard !matches.isEmpty else { continue }
            found.append(
                .object(["snapshot": .text(view.id), "hits": .integer(Int64(matches.count)), "matches": .array(matches)]))
        }
        if session.options.isJSON { try session.output.print(found) }
        return session.tell(failures)
    }

    /// Not so where a passphrase, a key manager or the store is not to be had: there is no use in asking for it again and again.
    private static func isOfOneSnapshot(_ failure: Failure) -> Bool {
        [.cmkUnavailable, .damaged, .lostRace].contains(failure.status)
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
