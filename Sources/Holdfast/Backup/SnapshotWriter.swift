import HoldfastFormat
import HoldfastModel
import HoldfastStorage

/// Walks a source beside its base's listing and writes the new listing: unchanged files copy their references, the others
/// are read by as many tasks as there are windows, and everything comes out in order again.
struct SnapshotWriter: ~Copyable {
    /// How many files may be on their way at once.
    private static let maximumRunningFiles = 256
    /// How many entries may wait behind a file that takes long.
    private static let maximumPendingEntries = 65_536
    /// A resumed backup lets the old checkpoint stand until it has come by all that it lists; but half a day without a sign makes a writer look
    /// dead.
    private static let longestSilence = Duration.seconds(12 * 3600)

    /// What has to be done with a file that the walk has seen.
    private enum Step {
        case list(Entry)
        case read
        /// Unchanged, but some of it lies in packs of this base that are not referred to.
        case rewrite(Entry, OpenedSnapshot)
    }

    private struct Settled: Sendable {
        let position: Int
        let outcome: FileWriter.Outcome
    }

    private enum Event: Sendable {
        case settled(Settled)
        case checkpointDue
    }

    private typealias Tasks = ThrowingTaskGroup<Event, any Error>

    private let files: FileWriter
    private var base: BaseComparison
    private(set) var listing: ListingWriter
    private var checkpoints: CheckpointWriter
    private let progress: BackupProgress
    private let report: @Sendable (SourceProblem) -> Void
    private var directories = DirectoryTrail()
    private var pending = PendingEntries()
    private var runningFileCount = 0
    private var isWalked = false
    /// The source's paths, as they stand in entries.
    private var roots: Set<[UInt8]> = []
    /// Files with several names are read once.
    private var linked: [FileIdentity: Entry] = [:]

    init(
        files: FileWriter, bases: [OpenedSnapshot], lineage: borrowing Lineage, checkpoints: consuming CheckpointWriter,
        progress: BackupProgress,
        report: @escaping @Sendable (SourceProblem) -> Void
    ) {
        self.files = files
        base = BaseComparison(bases, chunks: files.chunks)
        listing = ListingWriter(files.chunks, lineage: lineage)
        self.checkpoints = checkpoints
        self.progress = progress
        self.report = report
    }

    /// What did not go as usual, and does not make the snapshot a worse one.
    var notes: [String] {
        let omissions = checkpoints.omission.map {
            "no checkpoint could be written: had it been interrupted, it had begun anew (\($0))"
        }
        return [omissions, base.note].compactMap(\.self)
    }

    /// Writes everything, and uploads what is left in open packs.
    mutating func write(_ contents: SnapshotContents) async throws {
        roots = Set(contents.roots)
        switch contents {
        case .paths(let roots, let filter):
            try await write(roots, filter)
        case .stream(let descriptor, let filename, let time):
            try await write(stream: descriptor, filename: filename, time: time)
        }
        try await listing.flush()
        try await files.chunks.finish()
    }

    private mutating func write(_ roots: [[UInt8]], _ filter: WalkFilter) async throws {
        let (ahead, report) = (WalkAhead(), report)
        async let walking: Void = ahead.run(roots, filter, report: report)
        defer { ahead.stop() }
        try await withThrowingTaskGroup(of: Event.self) { tasks in
            awaitCheckpoint(in: &tasks)
            while true {
                let batch = await ahead.next()
                guard !batch.isEmpty else { break }
                for walked in batch { try await take(walked, in: &tasks) }
            }
            isWalked = true
            try await finish(&tasks)
        }
        await walking
    }

    /// Lists what was walked, or has it read by a task of its own; waits where too many run.
    private mutating func take(_ walked: Entry, in tasks: inout Tasks) async throws {
        try Task.checkCancellation()
        guard walked.path.count <= EntryCodec.maximumPathByteCount else {
            // Listed, it would cost all that is listed after it.
            return report(SourceProblem(path: walked.path, what: .pathTooLong))
        }
        progress.scanned(walked)
        let directory = directories.advance(to: walked)
        let known = try await base.entry(at: walked.path)
        let files = files
        switch try await step(walked, since: known) {
        case .list(let entry):
            if entry.kind == .symlink, roots.contains(entry.path) { progress.listed(linkedRoot: entry) }
            pending.append(entry)
        case .read:
            let reading = FileReading(since: known, in: directory, after: base.unfinishedFile(at: walked.path))
            run(in: &tasks, telling: reading.soFar) { try await files.store(walked, reading) }
        case .rewrite(let entry, let base):
            run(in: &tasks, telling: StoredSoFar()) { try await files.rewrite(entry, of: base, in: directory) }
        }
        while runningFileCount >= Self.maximumRunningFiles || pending.count > Self.maximumPendingEntries {
            try await meetNext(&tasks)
        }
        try await drain()
        try await writeCheckpointIfDue()
    }

    /// Has a file stored by a task of its own, which takes the next place in the listing.
    private mutating func run(
        in tasks: inout Tasks, telling soFar: StoredSoFar, _ store: @escaping @Sendable () async throws -> FileWriter.Outcome
    ) {
        let position = pending.append(soFar)
        tasks.addTask {
            let outcome = try await store()
            soFar.finish(outcome.entry)
            return .settled(Settled(position: position, outcome: outcome))
        }
        runningFileCount += 1
    }

    private func awaitCheckpoint(in tasks: inout Tasks) {
        let (schedule, progress) = (checkpoints.schedule, progress)
        tasks.addTask {
            await schedule.wait(for: progress)
            return .checkpointDue
        }
    }

    private mutating func meetNext(_ tasks: inout Tasks) async throws {
        try Task.checkCancellation()
        switch try await tasks.next() {
        case .settled(let settled):
            runningFileCount -= 1
            settle(settled)
            try await drain()
        case .checkpointDue:
            try await writeCheckpointIfDue()
            awaitCheckpoint(in: &tasks)
        case nil: preconditionFailure("a checkpoint is always awaited")
        }
    }

    /// Waits for all files that are on their way.
    private mutating func finish(_ tasks: inout Tasks) async throws {
        while runningFileCount > 0 { try await meetNext(&tasks) }
        tasks.cancelAll()
    }

    private mutating func writeCheckpointIfDue() async throws(HoldfastError) {
        let figures = progress.figures
        guard checkpoints.schedule.isDue(figures) else { return }
        guard knowsMoreThanCheckpoint || checkpoints.schedule.age >= Self.longestSilence else {
            return checkpoints.postpone(figures)
        }
        try await checkpoints.write(listing, pending.unlistedWork(after: listing.unstored), figures)
    }

    /// Whether nothing is left that only an interrupted run's checkpoint tells.
    private var knowsMoreThanCheckpoint: Bool {
        (isWalked || base.isPastCheckpoint) && !pending.isResuming
    }

    /// One file out of a stream; its size is known once it ends.
    private mutating func write(stream descriptor: Int32, filename: [UInt8], time: Timestamp) async throws {
        let entries = StreamEntries(filename: filename, time: time)
        for directory in entries.directories {
            progress.scanned(directory)
            progress.update { $0.directoriesNew += 1 }
            pending.append(directory)
        }
        let unfinished = base.unfinishedFile(at: filename)
        let isKnown = try await base.entry(at: filename) != nil || unfinished != nil
        if isKnown { try await base.indexChunks() }
        let former = unfinished?.file.byteCount ?? 0
        let (files, started, soFar) = (files, entries.file, StoredSoFar(isResuming: former > 0))
        try await withThrowingTaskGroup(of: Event.self) { tasks in
            isWalked = true
            awaitCheckpoint(in: &tasks)
            run(in: &tasks, telling: soFar) {
                try await files.store(
                    PipeSource(descriptor: descriptor, path: filename), as: started, after: former, telling: soFar)
            }
            try await finish(&tasks)
        }
    }

    /// Nothing need be read of what is unchanged since the base, another name of a file that was read, or no file.
    private mutating func step(_ walked: Entry, since known: BaseComparison.Known?) async throws(HoldfastError) -> Step {
        progress.compared(walked, with: known?.entry)
        if let known, let unchanged = BaseComparison.unchanged(walked, known.entry) {
            switch try await files.chunks.registry.mark(unchanged, of: known.snapshot) {
            case .marked: return .list(unchanged)
            case .avoided: return twin(of: walked) ?? .rewrite(unchanged, known.snapshot)
            // It is read as one that changed is.
            case .lost: break
            }
        }
        if walked.kind == .file {
            if let twin = twin(of: walked) { return twin }
            // One that says to be empty is looked into, and has no chunks to be found.
            if walked.size > 0 { try await base.indexChunks() }
            return .read
        }
        let (entry, problems) = try await files.storeMetadata(of: walked)
        for problem in problems { report(problem) }
        return .list(entry)
    }

    private func twin(of walked: Entry) -> Step? {
        guard walked.linkCount > 1, var twin = linked[walked.identity], BaseComparison.isSameFile(walked, twin) else {
            return nil
        }
        twin.path = walked.path
        return .list(twin)
    }

    private mutating func settle(_ settled: Settled) {
        for problem in settled.outcome.problems { report(problem) }
        pending.settle(settled.position, settled.outcome.entry)
        if let entry = settled.outcome.entry, entry.linkCount > 1 { linked[entry.identity] = entry }
    }

    /// Lists what is due: everything before the first file that is still on its way.
    private mutating func drain() async throws(HoldfastError) {
        while let entry = pending.popReady() {
            if let problem = try await listing.add(entry) { report(problem) }
        }
    }
}
