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
            Example: holdfast check --repair --dry-run

            Needs no keys. --read-data also reads the packs, all or so many percent of them, and holds each against its name; \
            where keys can be had it opens and hashes every chunk. Where it read all with keys it also tells of every damaged \
            snapshot which files are whole, readable in part, or lost.

            --repair reads all, writes into the snapshots' logs what is damaged and what is sound again (retention counts on no \
            damaged one, and the next backup stores again what is lost), and makes a snapshot of files that a restore of the \
            damaged one does not give, since only packs of other snapshots have their chunks, or a part of its listing is lost. \
            It only creates: nothing is overwritten or deleted. Without keys it writes down what is damaged, and no more.

            JSON (with --read-data after lines of {message_type: "status", seconds_elapsed, snapshots, packs_done, packs, \
            bytes_read, opening}, and of {message_type: "affected", snapshot_id, path, path_b64, type, standing (partly, lost), \
            size, lost_ranges [{from, until}], lost_attributes[]} for all that is not whole): {message_type: "summary", errors \
            [{object, kind, message}], checked {snapshots, skipped, open, packs, packs_read, bytes_read, files, chunks, strays}, \
            damaged[], accepted[], opened, surveys [{snapshot_id, readable, whole {files, bytes}, partly {files, bytes}, lost {files, \
            bytes}, recoverable {files, bytes}, unknown_paths [{from, until, message}], outcome (surveyed, salvaged, \
            would_be_salvaged, left), salvaged, why, unheld}], recorded}. --report writes the lines of "affected" and the summary to a \
            file. Exit 15: something is wrong, whatever was repaired.
            """,
        aliases: ["verify"])

    @Flag(help: "Also read the packs: all, or the PERCENT that follows.")
    var readData = false

    @Argument(help: ArgumentHelp("With --read-data: how many percent of the packs, 1 to 100.", valueName: "percent"))
    var percent: Int?

    @Flag(help: "Read all, write down what is damaged, and salvage what nothing else gives.")
    var repair = false

    @Flag(name: [.customShort("n"), .long], help: "With --repair: say what it would do, and change nothing.")
    var dryRun = false

    @Option(help: "Write the answer with every affected path to this file as well, as JSON lines.", completion: .file())
    var report: String?

    @Option(help: ArgumentHelp("A snapshot, key-log or keyring is right as it is found now: its alarm ends.", valueName: "id"))
    var accept: [String] = []

    @OptionGroup(title: "Global options") var global: GlobalOptions

    func validate() throws {
        if dryRun && !repair { throw ValidationError("--dry-run means nothing without --repair") }
        if report != nil && !readsData { throw ValidationError("--report means nothing without --read-data or --repair") }
        guard let percent else { return }
        if repair { throw ValidationError("--repair reads all packs, not \(percent) percent of them") }
        guard readData else { throw ValidationError("\(percent) means nothing without --read-data") }
        guard (1...100).contains(percent) else { throw ValidationError("--read-data takes 1 to 100 percent") }
    }

    private var readsData: Bool { readData || repair }

    func run(in session: Session) async throws -> ExitStatus {
        let project = try ProjectContext(session)
        // First: it needs no store, and may be what a CMK with a date is waiting for.
        if accept.contains(where: Self.isKeyring) { try await acceptKeyring(in: project) }
        if repair && !dryRun { try await project.repairDescription() }
        guard let context = try await open(project, session) else { return .done }
        let accepting = Set(try accept.map { try Self.subject($0, context) })
        var request = CheckRequest(readsData ? .data(percent: percent ?? 100) : .structure, seed: UInt64.random(in: 0 ... .max))
        var watch = context.watch
        watch.accepting = accepting
        request.watch = watch
        if repair && !dryRun { try context.requireAgreeingClocks() }
        if readsData { request.keys = try await CheckKeysAtHand(context, session).keys() }
        let progress = CheckProgressLog()
        let check = CheckRepository(repository: context.repository) { progress.update($0) }
        let ready = request
        let result =
            readsData || !session.options.isJSON
            ? try await progress.display(in: session).during { try await check.run(ready) } : try await check.run(ready)
        tell(accepting, result.accepted, session)
        let log = DamageLog(session, keepsAll: self.report != nil)
        let run = RepairRun(context: context, session: session, repairs: repair, isDryRun: dryRun, log: log)
        let report = CheckReport(result: result, isOpened: ready.keys != nil, repair: await run.run(result, ready))
        // What was found is shown all the same.
        let unwritten = self.report.flatMap { log.write(report.json, to: session.absolute($0)) }
        try log.check()
        try report.show(in: session)
        let failures = [report.failure(of: context.store.place), report.repair.failure].compactMap(\.self)
        try session.output.flush()
        for failure in failures { session.output.note(failure.line) }
        let told = session.tell([unwritten].compactMap(\.self))
        return failures.first?.status ?? told
    }

    /// Nil where the cluster cannot be opened, and the keyring, which is accepted, was all that was asked for.
    private func open(_ project: ProjectContext, _ session: Session) async throws -> ClusterContext? {
        do {
            return try await project.open(for: .telling)
        } catch {
            let failure = try Failure(passing: error)
            let isDone = !accept.isEmpty && accept.allSatisfy(Self.isKeyring) && !readsData
            guard isDone, failure.status != .damaged else { throw error }
            session.note("holdfast: the keyring is accepted as it is, and nothing was checked: \(failure.message)")
            return nil
        }
    }

    private static func isKeyring(_ name: String) -> Bool { WitnessSubject(name) == .keyring }

    /// As it is now: what is remembered of the keyring is remembered with each cluster.
    private func acceptKeyring(in project: ProjectContext) async throws {
        let edition: KeyManagerEdition?
        do throws(KeyManagerError) { edition = try await project.keyring.edition() } catch {
            throw HoldfastError.keyManager(error)
        }
        if let edition { try project.keyringMemory.accept(edition) }
    }

    /// Each alarm that was accepted, and what nothing was accepted of, since no alarm was seen.
    private func tell(_ accepting: Set<WitnessSubject>, _ accepted: [WitnessAlarm], _ session: Session) {
        for alarm in accepted { session.note("holdfast: accepted: \(alarm)") }
        let silent = accepting.subtracting(accepted.compactMap(\.subject)).subtracting([.keyring])
        for subject in silent.map(\.description).sorted() {
            session.note("holdfast: no alarm is about \(subject): nothing of it was accepted")
        }
    }

    /// Of a snapshot its id, or a prefix of it, where this machine has seen it.
    private static func subject(_ name: String, _ context: ClusterContext) throws -> WitnessSubject {
        if let subject = WitnessSubject(name), subject == .keyLog || subject == .keyring { return subject }
        let known = try context.witness.memory().snapshots.keys.filter { name.utf8.count >= 8 && $0.hex.hasPrefix(name) }
        guard let only = known.first else { throw HoldfastError.noSuchSnapshot(name) }
        guard known.count == 1 else { throw HoldfastError.ambiguousSnapshot(name, known.sorted()) }
        return .snapshot(only)
    }
}
