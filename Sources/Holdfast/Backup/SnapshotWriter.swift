import DequeModule
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
    /// Of the entries in a checkpoint: decoded piece by piece, they take little memory.
    private static let pieceByteCount = 1 << 20

    private enum Slot {
        case ready(Entry)
        /// Its file is on its way.
        case waiting(StoredSoFar)
        case dropped
    }

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
    /// Entries in order, from position `firstPending` on.
    private var pending: Deque<Slot> = []
    private var firstPending = 0
    private var runningFileCount = 0
    private var isWalked = false
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
        let known = try await base.entry(at: walked.path)
        let files = files
        switch try await step(walked, since: known) {
        case .list(let entry): pending.append(.ready(entry))
        case .read:
            let reading = FileReading(since: known, after: base.unfinishedFile(at: walked.path))
            run(in: &tasks, telling: reading.soFar) { try await files.store(walked, reading) }
        case .rewrite(let entry, let base):
            run(in: &tasks, telling: StoredSoFar()) { try await files.rewrite(entry, of: base) }
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
        let position = firstPending + pending.count
        pending.append(.waiting(soFar))
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
        try await checkpoints.write(listing, unlistedWork(), figures)
    }

    /// Whether nothing is left that only an interrupted run's checkpoint tells.
    private var knowsMoreThanCheckpoint: Bool {
        (isWalked || base.isPastCheckpoint)
            && !pending.contains {
                if case .waiting(let soFar) = $0, case .resuming = soFar.progress { true } else { false }
            }
    }

    /// What is stored, and in no listing chunk yet.
    private func unlistedWork() -> UnlistedWork {
        var pieces = [listing.unstored]
        var files: [UnfinishedFile] = []
        func add(_ entry: Entry) {
            if pieces[pieces.count - 1].count >= Self.pieceByteCount { pieces.append([]) }
            EntryCodec.append(entry, to: &pieces[pieces.count - 1])
        }
        for slot in pending {
            switch slot {
            case .ready(let entry): add(entry)
            case .dropped: break
            case .waiting(let soFar):
                switch soFar.progress {
                case .none, .resuming: break
                case .beginning(let file): files.append(file)
                case .whole(let entry): add(entry)
                }
            }
        }
        return UnlistedWork(entries: pieces, files: files)
    }

    /// One file out of a stream; its size is known once it ends.
    private mutating func write(stream descriptor: Int32, filename: [UInt8], time: Timestamp) async throws {
        let entries = StreamEntries(filename: filename, time: time)
        for directory in entries.directories {
            progress.scanned(directory)
            progress.update { $0.directoriesNew += 1 }
            pending.append(.ready(directory))
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
                    PipeSource(descriptor: descriptor, name: filename), as: started, after: former, telling: soFar)
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
        if walked.kind == .file, walked.size > 0 {
            if let twin = twin(of: walked) { return twin }
            try await base.indexChunks()
            return .read
        }
        return .list(try await completed(walked))
    }

    private func twin(of walked: Entry) -> Step? {
        guard walked.linkCount > 1, var twin = linked[walked.identity], BaseComparison.isSameFile(walked, twin) else {
            return nil
        }
        twin.path = walked.path
        return .list(twin)
    }

    private func completed(_ walked: Entry) async throws(HoldfastError) -> Entry {
        var entry = walked
        for problem in Metadata.complete(&entry) { report(problem) }
        entry.xattrs = try await files.storeLargeValues(entry.xattrs)
        return entry
    }

    private mutating func settle(_ settled: Settled) {
        for problem in settled.outcome.problems { report(problem) }
        let index = settled.position - firstPending
        guard let entry = settled.outcome.entry else {
            pending[index] = .dropped
            return
        }
        pending[index] = .ready(entry)
        if entry.linkCount > 1 { linked[entry.identity] = entry }
    }

    /// Lists what is due: everything before the first file that is still on its way.
    private mutating func drain() async throws(HoldfastError) {
        while let slot = pending.first {
            switch slot {
            case .waiting: return
            case .ready(let entry): try await listing.add(entry)
            case .dropped: break
            }
            pending.removeFirst()
            firstPending += 1
        }
    }
}
