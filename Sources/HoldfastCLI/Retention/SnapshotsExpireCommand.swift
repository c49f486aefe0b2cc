import ArgumentParser
import Holdfast
import HoldfastFormat
import HoldfastModel

/// `holdfast snapshots expire`
struct SnapshotsExpireCommand: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "expire", abstract: "Stamp an expiry on snapshots by hand; no policy changes it afterwards.",
        discussion: """
            Example: holdfast snapshots expire 5a81c0de --at 2028-12-31

            From that time on the next prune condemns it; under compliance an expiry only moves later. What is in the trash \
            is refused: holdfast undelete takes it out. If one of the snapshots is refused, none is stamped.

            JSON: {message_type: "expiry", dry_run, expires, snapshots [{id, former}]}.
            """)

    @Argument(help: "Snapshots: ids, prefixes of them, or latest.")
    var snapshots: [String]

    @Option(help: "When: RFC 3339, or a day.")
    var at: Timestamp

    @Flag(name: [.customShort("n"), .long], help: "Say what would be done; change nothing.")
    var dryRun = false

    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(in session: Session) async throws -> ExitStatus {
        let context = try await ProjectContext(session).open()
        let views = try await context.repository.readSnapshots(catalog: context.catalog)
        let chosen = try snapshots.map { try SelectSnapshot().select($0, among: views) }
        let setting = SetExpiry(repository: context.repository, witness: context.witness)
        do {
            try await setting.check(chosen, among: views, to: at)
        } catch {
            throw Failure(error).saying("nothing was stamped")
        }
        if at <= context.now { session.note("holdfast: \(at) has passed: the next prune condemns what is not held or guarded") }
        try await context.appending(to: chosen, isDryRun: dryRun, in: session) { view in
            let former =
                dryRun
                ? view.log.expires : try await setting.run(view.id, to: at, at: context.now, by: context.hostName)
            if !session.options.isJSON {
                let was = former.map { ", not \($0.toTheMinute)" } ?? ""
                try session.output.print("\(view.id.short)  \(dryRun ? "would expire" : "expires") \(at.toTheMinute) UTC\(was)")
                try session.output.flush()
            }
            return (id: view.id, former: former)
        } show: { rows in
            guard session.options.isJSON else { return }
            try session.output.print([
                "message_type": "expiry", "dry_run": .bool(dryRun), "expires": .text(at),
                "snapshots": .array(rows.map { .object(["id": .text($0.id), "former": .text($0.former)]) }),
            ])
        }
        return .done
    }
}
