import Glibc
import Holdfast
import HoldfastFormat
import HoldfastModel
import HoldfastStorage

/// Takes one snapshot for the command line: prepares the request, shows progress, starts and judges a command.
struct BackupRun: Sendable {
    let session: Session
    let context: ClusterContext
    let input: BackupInput
    let options: BackupStorageOptions
    let base: BackupRequest.Base
    let excludes: [Glob]
    let forbidden: Set<FileIdentity>
    /// The items of the schedule that it serves; none on demand.
    var items: [Schedule] = []
    /// Asked once no other backup of this source can run here.
    var beforeStart: @Sendable () async throws(HoldfastError) -> Void = {}
    /// Asked when all is stored.
    var beforeCommit: @Sendable (BackupProgress.Figures) async throws(HoldfastError) -> Void = { _ in }

    func run() async throws -> BackupReport {
        try context.requireAgreeingClocks()
        let start = ContinuousClock.now
        let summary = try await summary()
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        return BackupReport(summary: summary, seconds: seconds)
    }

    private func summary() async throws -> BackupSummary {
        switch input.origin {
        case .paths(let paths):
            let filter = WalkFilter(
                excludes: excludes, excludeCaches: input.excludeCaches, oneFileSystem: input.oneFileSystem,
                forbidden: forbidden)
            return try await take(request(.paths(paths.map { Array($0.utf8) }, filter)))
        case .standardInput(let filename):
            return try await take(request(stream(STDIN_FILENO, filename)))
        case .command(let command, let filename):
            return try await take(outputOf: command, filename)
        }
    }

    private func take(_ request: BackupRequest) async throws -> BackupSummary {
        let progress = BackupProgress()
        let backup = Backup(
            repository: context.repository, keys: context.keys, witness: context.witness, progress: progress)
        return try await ProgressDisplay(session: session, source: .backup(progress)).during {
            try await backup.run(request)
        }
    }

    private func take(outputOf command: [String], _ filename: StreamName) async throws -> BackupSummary {
        let process = try SourceCommand(command)
        var request = request(stream(process.output, filename))
        request.beforeCommit = { figures throws(HoldfastError) in
            try process.requireSuccess(bytesRead: figures.bytesRead)
            try await beforeCommit(figures)
        }
        let judged = request
        return try await withTaskCancellationHandler {
            defer { process.end() }
            return try await take(judged)
        } onCancel: {
            process.terminate()
        }
    }

    private func stream(_ descriptor: Int32, _ filename: StreamName) -> SnapshotContents {
        .stream(descriptor: descriptor, filename: filename.path, time: context.now)
    }

    private func request(_ contents: SnapshotContents) -> BackupRequest {
        let policy = context.cluster.policy
        let stamp = policy.expiry(
            of: context.now, items: items, ownKeep: items.isEmpty ? options.keep ?? policy.onDemand : nil, minKeep: nil)
        var request = BackupRequest(
            node: input.node, source: input.source, contents: contents,
            kind: input.kind == .database ? .database : .files, base: base, tags: options.tag,
            label: stamp.label ?? "", items: items.map(\.description), expires: stamp.expires, time: context.now,
            recovery: context.project.recovery,
            packByteCount: context.cluster.packSize, compressionLevel: options.compression,
            readConcurrency: options.readConcurrency, tool: Version.tool)
        request.keptUntil = stamp.expires ?? policy.likelyEnd(of: context.now)
        request.beforeStart = beforeStart
        request.beforeCommit = beforeCommit
        return request
    }
}
