import HoldfastFormat
import HoldfastModel
import HoldfastStorage

/// Compares what a restore has left on the disk with the snapshot's listing: what is there and of which kind, sizes, modes, times,
/// links, attributes, and every byte that was to be restored.
package final class RestoredTreeComparison {
    private let snapshot: OpenedSnapshot
    private let target: RestoreTarget
    /// The target's own path, without the leading slash.
    private let directory: [UInt8]
    private let filter: RestoreFilter
    /// Paths of which the restore itself has told that they are not as they were.
    private let told: Set<[UInt8]>
    /// Those are all of them: else nobody could say which of two has told of a path first.
    private let isAllTold: Bool
    private let log = RestoreLog()
    private let opener: ChunkOpener
    private let contents: RestoredContentComparison
    private var links = LinkedFiles()
    /// So many were compared, directories not counted.
    package private(set) var files: UInt64 = 0

    /// - Parameters:
    ///   - path: absolute; it is opened anew, so that nothing is found by what the restore still holds open.
    ///   - restored: what the restore of the same `filter` answered.
    package init(
        _ snapshot: OpenedSnapshot, at path: String, filter: RestoreFilter = RestoreFilter(), restored: RestoreSummary,
        isPrivileged: Bool
    ) throws(HoldfastError) {
        self.snapshot = snapshot
        do throws(PosixError) {
            target = try RestoreTarget(directory: Array(path.utf8), isPrivileged: isPrivileged)
        } catch {
            throw .target(path, detail: error.reason)
        }
        directory = Array(path.utf8).withoutOuterSlashes
        self.filter = filter
        told = Set(restored.errors.map(\.path))
        isAllTold = restored.errors.count == restored.errorCount
        opener = snapshot.makeOpener()
        contents = RestoredContentComparison(snapshot, blaming: .damage)
    }

    /// How many bytes of files were read back and compared.
    package var bytes: UInt64 { contents.byteCount }

    /// What differs, each path with the first difference alone.
    package var summary: RestoreSummary { log.summary(RestoreProgress.Figures()) }

    /// Throws what ends it: the store cannot be read any more, or it was interrupted. Compares nothing where the restore could do so little that
    /// it has only counted what failed.
    package func run() async throws(HoldfastError) {
        guard isAllTold else { return }
        var entries = SubtreeReader(snapshot, top: [])
        while let item = try await entries.next() {
            guard !Task.isCancelled else { throw .interrupted }
            guard !told.contains(item.entry.path) else { continue }
            try await compare(item.entry)
        }
        for gap in entries.gaps where !told.contains(gap.from) { log.add(try RestoreFailure(gap)) }
    }

    private func compare(_ entry: Entry) async throws(HoldfastError) {
        let parts = filter.parts(of: entry)
        guard parts != nil || entry.kind == .directory else { return }
        let found: Entry?
        do throws(RestoreError) {
            found = try target.readBack(entry.path, in: directory)
        } catch {
            return log.add(RestoreFailure(entry.path, error))
        }
        guard let found else {
            // A directory in which nothing was drawn was not made.
            if parts != nil { log.add(.differs(entry, "is not there")) }
            return
        }
        if entry.kind != .directory { files += 1 }
        do throws(HoldfastError) {
            if let failure = try await failure(of: entry, parts ?? [], found) { log.add(failure) }
        } catch {
            guard let failure = RestoreFailure(entry.path, damage: error) else { throw error }
            log.add(failure)
        }
    }

    private func failure(
        of entry: Entry, _ parts: [Range<UInt64>], _ found: Entry
    ) async throws(HoldfastError) -> RestoreFailure? {
        var wanted = entry
        wanted.xattrs = try await snapshot.resolvedXattrs(of: entry, with: opener)
        if let difference = RestoredDifference.first(between: wanted, and: found, isPrivileged: target.isPrivileged) {
            return .differs(entry, difference)
        }
        guard entry.kind != .directory else { return nil }
        if let first = links.first(for: entry) { return failure(of: entry, found, linkedTo: first) }
        links.add(entry, at: entry.path)
        guard entry.kind == .file else { return nil }
        let file: RestoredFile
        do throws(RestoreError) {
            file = try target.openToReadBack(entry.path)
        } catch {
            return RestoreFailure(entry.path, error)
        }
        return try await contents.failure(of: entry, parts, in: file)
    }

    private func failure(of entry: Entry, _ found: Entry, linkedTo first: LinkedFiles.First) -> RestoreFailure? {
        do throws(RestoreError) {
            let isSame = try target.existing(first.path)?.identity == found.identity
            return isSame ? nil : .differs(entry, "is not the same file as \(first.source.displayPath)")
        } catch {
            return RestoreFailure(entry.path, error)
        }
    }
}

extension RestoreFailure {
    /// What is on the disk is not what was restored there, or was restored wrong.
    static func differs(_ entry: Entry, _ what: String, _ cause: Cause = .damage) -> Self {
        Self(path: entry.path, message: "read back from the disk, it \(what)", cause: cause, object: nil)
    }
}
