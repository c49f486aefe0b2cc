import ArgumentParser
import Holdfast
import HoldfastFormat
import HoldfastModel
import HoldfastStorage

/// `holdfast restore`
struct RestoreCommand: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "restore", abstract: "Write a snapshot, or a part of it, into a directory.",
        discussion: """
            Example: holdfast restore latest:/var/lib/app --target /tmp/app

            Without PATH everything comes under the target by its whole path; with one, what is inside that directory comes \
            straight into the target.

            --include and --exclude take patterns for whole paths from the snapshot's root, also below SNAPSHOT:PATH; one to include \
            that matches nothing is noted.

            Of a file that is there only what differs is read and written; with --overwrite if-changed, one with the snapshot's size \
            and time is not even looked into, and gets the snapshot's owner, mode and attributes where it has others. A restore that \
            was interrupted goes on when the same command is given again.

            What Holdfast itself needs stays as it is, wherever it stands in the target: repositories of the project, keyring, \
            passphrase, project file, local state. A note names it; to have it as it was, restore it to another --target. Where \
            nothing stands it comes back.

            --delete removes all that a source's directories have and the snapshot does not, what the backup was told to leave out \
            among it. It removes nothing that Holdfast itself needs, nothing that is mounted below the target, and nothing at all \
            where the snapshot is incomplete; a note says what stays. As root it removes what is immutable or append-only too.

            --verify has the disk take every file, and reads each whole from there again, be it written now or found in the \
            target; so if-changed then looks into all files, as always does.

            JSON lines: {message_type: "status", seconds_elapsed, seconds_remaining, percent_done, files_restored, \
            bytes_restored, bytes_written, total_files, total_bytes, current_files[]}, then one {message_type: "summary", \
            snapshot_id, files_restored, bytes_restored, bytes_written, files_skipped, files_deleted, total_duration (seconds), \
            errors [{path, path_b64 (where the path is not UTF-8), message}], error_count, notes[]}. With -n: one {message_type: \
            "would_restore", path, path_b64, size} for each entry, then {message_type: "summary", dry_run, snapshot_id, \
            files_restored, bytes_restored, notes[]}.
            """,
        aliases: ["extract"])

    @Argument(help: ArgumentHelp("The snapshot, or a path in it.", valueName: "snapshot[:path]"))
    var source: SnapshotPath

    @Option(name: .shortAndLong, help: "The directory to restore into; made where it is missing.", completion: .directory)
    var target: String

    @OptionGroup(title: "Restore options") var options: RestoreCommandOptions
    @OptionGroup(title: "Snapshot options") var chosen: SnapshotOptions
    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(in session: Session) async throws -> ExitStatus {
        var options = try self.options.options(path: source.path)
        let project = try ProjectContext(session)
        let cluster = try project.cluster()
        let spared = try SparedPlaces(of: project, restoring: cluster, mayRemove: options.deletesExtraneous)
        try refuse(spared, mayRemove: options.deletesExtraneous, session)
        let context = try await project.open(cluster, for: .givingBack)
        let snapshot = try await context.openSnapshot(source.snapshot, chosen)
        options.spared = try spared.identities(mayRemove: options.deletesExtraneous)
        options.successors = spared.identities(named:)
        (options.witnessed, options.begun) = (spared.witnessed, spared.begun)
        if self.options.dryRun {
            try await RestorePreview(snapshot: snapshot, options: options, session: session).show()
            return .done
        }
        return try await restore(snapshot, options, session)
    }

    private func restore(_ snapshot: OpenedSnapshot, _ options: RestoreOptions, _ session: Session) async throws -> ExitStatus {
        let (start, progress) = (ContinuousClock.now, RestoreProgress())
        let directory = try openTarget(session)
        let restore = Restore(snapshot, to: directory, options: options, progress: progress)
        let summary = try await ProgressDisplay(session: session, source: .restore(progress)).during {
            do throws(HoldfastError) {
                return try await restore.run()
            } catch .interrupted {
                throw Failure(.interrupted, "interrupted", target, "run the same command again: it goes on where it was")
            }
        }
        let report = RestoreReport(
            summary: summary, snapshot: snapshot.id, seconds: Int64((ContinuousClock.now - start) / .seconds(1)))
        try report.show(in: session)
        if let failure = report.failure { throw failure }
        return .done
    }

    /// What is restored into a repository, or into this machine's state, be it that of timers, would pass for a part of it. Where nobody can
    /// tell, opening the target says why, or nothing is removed (`ExtraneousRemoval`).
    private func refuse(_ spared: SparedPlaces, mayRemove: Bool, _ session: Session) throws {
        let path = session.absolute(target)
        let places = try spared.identities(mayRemove: mayRemove)
        let isWithin = (try? RestoreTarget.isWithin(places, Array(path.utf8))) ?? false
        let isInMemory = (try? spared.isInMemory(path)) ?? false
        guard !isWithin, !isInMemory else {
            throw Failure(
                .failed, "refused: the target lies in what Holdfast itself needs, a repository or its state", path,
                "name another directory")
        }
    }

    private func openTarget(_ session: Session) throws -> RestoreTarget {
        let path = session.absolute(target)
        do throws(PosixError) {
            return try RestoreTarget(directory: path)
        } catch {
            throw Failure(.failed, "the target cannot be used (\(error.reason))", path, "name another directory")
        }
    }
}
