import ArgumentParser
import Holdfast
import HoldfastModel
import HoldfastStorage

/// `holdfast backup`
struct BackupCommand: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "backup", abstract: "Take a snapshot.",
        usage: "holdfast backup [options] [PATH ...]\nholdfast backup --from-command --stdin-filename F -- CMD ...",
        discussion: """
            Example: holdfast backup --tag before-upgrade --keep '90 days' /var/lib/app

            Without PATH each source that the project file has for this node is backed up. Exit 3: a snapshot was saved, but \
            some files could not be read.

            JSON lines: {message_type: "status", seconds_elapsed, entries_scanned, bytes_scanned, bytes_read, bytes_new, \
            bytes_stored, current_files[]}, then for each snapshot one {message_type: "summary", files_new, files_changed, \
            files_unmodified, dirs_new, dirs_changed, dirs_unmodified, data_added, data_added_packed, bytes_read, bytes_reread, \
            total_files_processed, total_bytes_processed, total_duration (seconds), snapshot_id, node, source, cmks[], base, \
            base_notes[], notes[], expires, locked_until, resumed, errors [{path, path_b64 (where the path is not \
            UTF-8), message}]}; an exit_error for each source of several that failed.
            """,
        aliases: ["snapshot", "create"])

    @OptionGroup(title: "Source options") var from: BackupSourceOptions
    @OptionGroup(title: "Snapshot options") var storage: BackupStorageOptions
    @OptionGroup(title: "Global options") var global: GlobalOptions

    @Argument(help: "What to back up; with --from-command the command, after `--`.", completion: .file())
    var paths: [String] = []

    func run(in session: Session) async throws -> ExitStatus {
        let project = try ProjectContext(session)
        let cluster = try project.cluster()
        guard cluster.isBackupOn else {
            throw Failure(
                .failed, sentence: "backups are off in cluster \(cluster.name)", about: cluster.name,
                "set backup: on in the project file")
        }
        let inputs = try BackupInput.inputs(from, arguments: paths, cluster: cluster, session: session)
        let excludes = try excludes(session)
        let context = try await project.open(cluster)
        let forbidden = project.repositoryRoots()
        let base = try await BackupBase(context: context).choose(storage.base)
        let isConfigured = paths.isEmpty && !from.stdin
        let hooks = NodeHooks(
            node: isConfigured ? cluster.node(named: inputs[0].node) : nil, witness: context.witness)
        var worst = ExitStatus.done
        do {
            try await hooks.around {
                for input in inputs {
                    let status = try await take(session, isOnly: inputs.count == 1) {
                        BackupRun(
                            session: session, context: context, input: input, options: storage, base: base,
                            excludes: try input.exclude.map { try Glob(written: $0) } + excludes, forbidden: forbidden)
                    }
                    worst = ExitStatus.worst(worst, status)
                }
            }
        } catch {
            // What has failed before it counts as well.
            worst = ExitStatus.worst(worst, session.tell([try Failure(passing: error)]))
        }
        return worst
    }

    /// Of several sources one that fails does not keep the others from their snapshots.
    private func take(_ session: Session, isOnly: Bool, _ run: () throws -> BackupRun) async throws -> ExitStatus {
        do {
            let report = try await run().run()
            try report.show(in: session)
            return report.status
        } catch {
            if isOnly { throw error }
            return session.tell([try Failure(passing: error)])
        }
    }

    /// What the command line leaves out, of whatever source.
    private func excludes(_ session: Session) throws -> [Glob] {
        try from.exclude.map { try Glob(written: $0) }
            + from.excludeFile.flatMap { try PatternFile.globs(at: session.absolute($0)) }
    }
}
