import Glibc
import HoldfastFormat
package import HoldfastModel
import HoldfastStorage

/// Restores a snapshot, or a sample of it, into a directory that is thrown away, and compares what is on the disk then with the listing:
/// the one proof that a backup restores.
package struct Drill: Sendable {
    private let repository: Repository
    private let keys: KeyManagers
    private let progress: RestoreProgress
    private let isPrivileged: Bool

    /// `isPrivileged`: whether the process may give files away and make devices.
    package init(
        _ repository: Repository, keys: KeyManagers, progress: RestoreProgress = RestoreProgress(),
        isPrivileged: Bool = geteuid() == 0
    ) {
        self.repository = repository
        self.keys = keys
        self.progress = progress
        self.isPrivileged = isPrivileged
    }

    /// - Parameters:
    ///   - place: an absolute path; a fresh directory is made in it, and is gone in the end however that comes.
    ///
    /// Throws what kept the snapshot from being restored at all: it does not open, its listing cannot be read, the store does not
    /// answer, there is no room (`.noRoom`). What only some files suffered is in the result.
    package func run(
        _ turn: DrillChoice.Turn, _ part: DrillPart, in place: String
    ) async throws(HoldfastError) -> DrillResult {
        let snapshot = try await OpenedSnapshot.open(turn.view, in: repository, with: keys, by: turn.openers)
        let draft = try await DrillDraft.draw(from: snapshot, part, isPrivileged: isPrivileged)
        let scratch = try Self.makeScratch(in: place, room: draft.room)
        let result: DrillResult
        do throws(HoldfastError) {
            result = try await restore(snapshot, draft, to: scratch)
        } catch {
            try Self.remove(scratch, after: error)
            throw error
        }
        try Self.remove(scratch, after: nil)
        return result
    }

    /// Throws where nothing can be restored in a place.
    package static func requirePlace(_ place: String) throws(HoldfastError) {
        try remove(try makeScratch(in: place, room: 0), after: nil)
    }

    private static func makeScratch(in place: String, room: UInt64) throws(HoldfastError) -> ScratchDirectory {
        let (scratch, free): (ScratchDirectory, UInt64)
        do throws(PosixError) {
            scratch = try ScratchDirectory(in: place)
            free = try scratch.freeByteCount()
        } catch {
            throw .target(
                place,
                detail:
                    "name another place with --into, in this one no directory can be made (\(error.operation): \(error.reason))")
        }
        // And a little for the file system itself.
        let needed = room + room / 16
        guard needed <= free else {
            let failure = HoldfastError.noRoom(place, needed: needed, free: free)
            try remove(scratch, after: failure)
            throw failure
        }
        return scratch
    }

    /// What was restored lies there in clear: that it could not be removed is told before anything else.
    private static func remove(
        _ scratch: ScratchDirectory, after failure: HoldfastError?
    ) throws(HoldfastError) {
        do throws(RestoreError) {
            try scratch.remove()
        } catch {
            let cause = failure.map { ", after: \($0)" } ?? ""
            throw .target(scratch.path, detail: "remove it by hand, it could not be (\(error.message))\(cause)")
        }
    }

    private func restore(
        _ snapshot: OpenedSnapshot, _ draft: DrillDraft, to scratch: ScratchDirectory
    ) async throws(HoldfastError) -> DrillResult {
        let target: RestoreTarget
        do throws(PosixError) {
            target = try RestoreTarget(directory: Array(scratch.path.utf8), isPrivileged: isPrivileged)
        } catch {
            throw .target(scratch.path, detail: error.reason)
        }
        let options = RestoreOptions(filter: draft.filter, restoresFlags: false)
        let summary = try await Restore(snapshot, to: target, options: options, progress: progress).run()
        do throws(PosixError) {
            try scratch.sync()
        } catch {
            throw .target(scratch.path, detail: "what was restored cannot be brought to the disk (\(error.reason))")
        }
        let comparison = try RestoredTreeComparison(
            snapshot, at: scratch.path, filter: draft.filter, restored: summary, isPrivileged: isPrivileged)
        try await comparison.run()
        return result(of: snapshot, draft, summary, comparison)
    }

    private func result(
        of snapshot: OpenedSnapshot, _ draft: DrillDraft, _ restored: RestoreSummary, _ comparison: RestoredTreeComparison
    ) -> DrillResult {
        let compared = comparison.summary
        return DrillResult(
            snapshot: snapshot.id, header: snapshot.header, cmk: snapshot.cmk, isWhole: draft.filter.sample == nil,
            files: comparison.files, bytes: comparison.bytes, entriesTotal: snapshot.body.source.entryCount,
            bytesTotal: snapshot.body.source.byteCount, errors: restored.errors + compared.errors,
            errorCount: restored.errorCount + compared.errorCount,
            worst: [restored.worst, compared.worst].compactMap(\.self).max(),
            notes: restored.notes + omissions(draft),
            next: draft.filter.sample?.next)
    }

    private func omissions(_ draft: DrillDraft) -> [String] {
        guard !isPrivileged, draft.deviceCount > 0 else { return [] }
        return ["not run as root: left out \(draft.deviceCount == 1 ? "1 device file" : "\(draft.deviceCount) device files")"]
    }
}
