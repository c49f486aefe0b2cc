import ArgumentParser
import Holdfast
import HoldfastCatalog
import HoldfastFormat
import HoldfastModel
import HoldfastStorage

/// `holdfast check`
struct CheckCommand: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Look for damage: sums, chains, references, packs, and what this machine remembers.",
        discussion: """
            Example: holdfast check --read-data 10

            Needs no keys. --read-data also reads the packs, all or so many percent of them, and holds each against its name; \
            where keys can be had it opens and hashes every chunk.

            JSON (with --read-data after lines of {message_type: "status", seconds_elapsed, snapshots, packs_done, packs, \
            bytes_read, opening}): {message_type: "summary", errors [{object, kind, message}], checked \
            {snapshots, skipped, open, packs, packs_read, bytes_read, files, chunks, strays}, damaged[], opened}. Exit 15: \
            something is wrong.
            """,
        aliases: ["verify"])

    @Flag(help: "Also read the packs: all, or the PERCENT that follows.")
    var readData = false

    @Argument(help: ArgumentHelp("With --read-data: how many percent of the packs, 1 to 100.", valueName: "percent"))
    var percent: Int?

    @Option(help: ArgumentHelp("A snapshot, key-log or keyring is right as it is now: its alarms stop.", valueName: "id"))
    var accept: [String] = []

    @OptionGroup(title: "Global options") var global: GlobalOptions

    func validate() throws {
        guard let percent else { return }
        guard readData else { throw ValidationError("\(percent) means nothing without --read-data") }
        guard (1...100).contains(percent) else { throw ValidationError("--read-data takes 1 to 100 percent") }
    }

    func run(in session: Session) async throws -> ExitStatus {
        let project = try ProjectContext(session)
        let context = try await project.open()
        for name in accept { try await accept(try Self.subject(name, context), context, in: project) }
        var request = CheckRequest(readData ? .data(percent: percent ?? 100) : .structure, seed: UInt64.random(in: 0 ... .max))
        request.watch = WitnessWatch(context.witness, at: context.now, forgettingBy: SystemClock.now)
        if readData { request.keys = try await CheckKeysAtHand(context, session).keys() }
        let progress = CheckProgressLog()
        let check = CheckRepository(repository: context.repository) { progress.update($0) }
        let ready = request
        let result =
            readData || !session.options.isJSON
            ? try await progress.display(in: session).during { try await check.run(ready) } : try await check.run(ready)
        let report = CheckReport(result: result, isOpened: ready.keys != nil)
        try report.show(in: session)
        guard let failure = report.failure(of: context.store.place) else { return .done }
        try session.output.flush()
        session.output.note(failure.line)
        return failure.status
    }

    /// What is remembered of the keyring is remembered with each cluster.
    private func accept(_ subject: WitnessSubject, _ context: ClusterContext, in project: ProjectContext) async throws {
        let contexts = subject == .keyring ? try await project.openAll().map { try $0.result.get() } : [context]
        for context in contexts { try context.witness.accept(subject) }
    }

    private static func subject(_ name: String, _ context: ClusterContext) throws -> WitnessSubject {
        if let subject = WitnessSubject(name) { return subject }
        let known = try context.witness.memory().snapshots.keys.filter { name.utf8.count >= 8 && $0.hex.hasPrefix(name) }
        guard let only = known.first else { throw HoldfastError.noSuchSnapshot(name) }
        guard known.count == 1 else { throw HoldfastError.ambiguousSnapshot(name, known.sorted()) }
        return .snapshot(only)
    }
}
