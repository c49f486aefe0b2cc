import Glibc
import HoldfastModel
import HoldfastStorage
import Synchronization

/// A directory of the target that things are restored into. What stands there is one name's alone: where the target's file system takes two
/// names for one, the second does not replace what the first has got.
///
/// Memory goes with the names in it, where it stood before.
final class RestoringDirectory: Sendable {
    /// In the target; empty for the target itself.
    private let path: [UInt8]
    private let target: RestoreTarget
    /// Whether this restore made it: then all that stands in it was restored.
    let isNew: Bool
    /// What was restored there, or kept, where the directory is not new, with how many names it is restored or kept by.
    private let taken = Mutex<[FileIdentity: Int]>([:])

    init(_ path: [UInt8], in target: RestoreTarget, isNew: Bool) {
        self.path = path
        self.target = target
        self.isNew = isNew
    }

    /// Makes something at a path in it. What stands there is replaced, if told; throws `sameAs` where that is another name's.
    func make<Answer: Sendable>(
        _ path: [UInt8], replacing: Bool, _ body: (_ replacing: Bool) throws(RestoreError) -> Answer
    ) throws(RestoreError) -> Answer {
        // What is made must be known for what it is before another name comes upon it.
        try taken.withLock { taken throws(RestoreError) in
            var made: Answer?
            do throws(RestoreError) {
                made = try body(false)
            } catch .exists where replacing {
                if let existing = try target.existing(path) { try refuse(existing, if: taken) }
            }
            let answer = if let made { made } else { try body(true) }
            if !isNew, let existing = try target.existing(path) { taken[existing.identity, default: 0] += 1 }
            return answer
        }
    }

    /// Makes a directory in it, or takes the one that stands there.
    func makeDirectory(_ path: [UInt8], replacing: Bool) throws(RestoreError) -> RestoringDirectory {
        if let existing = try target.existing(path), existing.kind == .directory { try take(existing) }
        let isNew = try make(path, replacing: replacing) { replacing throws(RestoreError) in
            try target.makeDirectory(path, replacingNonDirectory: replacing)
        }
        return RestoringDirectory(path, in: target, isNew: isNew)
    }

    /// Has something that was made beside what stands at a path replace it; `body` is told what stands there now. Throws `sameAs` where that
    /// is another name's.
    func replace(
        _ stood: FileIdentity, at path: [UInt8], _ body: (_ existing: Entry?) throws(RestoreError) -> Void
    ) throws(RestoreError) {
        try taken.withLock { taken throws(RestoreError) in
            let now = try target.existing(path)
            if let now, now.identity != stood { try refuse(now, if: taken) }
            try body(now)
            // Under another name it may be another entry's, which goes on having it.
            if let count = taken[stood] { taken[stood] = count > 1 ? count - 1 : nil }
        }
    }

    /// Whether something that stands in it is what an entry was restored to, or kept.
    func isTaken(_ existing: Entry) -> Bool { isNew || taken.withLock { $0[existing.identity] != nil } }

    /// What stands at a path is that name's from now on. Throws `sameAs` where it is another's.
    func take(_ existing: Entry) throws(RestoreError) {
        try taken.withLock { taken throws(RestoreError) in
            try refuse(existing, if: taken)
            taken[existing.identity, default: 0] += 1
        }
    }

    /// Throws `sameAs` where what stands at a path is another name's.
    func refuseAnothers(_ existing: Entry) throws(RestoreError) {
        try taken.withLock { taken throws(RestoreError) in try refuse(existing, if: taken) }
    }

    private func refuse(_ existing: Entry, if taken: [FileIdentity: Int]) throws(RestoreError) {
        guard isNew || taken[existing.identity] != nil else { return }
        let names = try target.names(in: path)
        // A file of several names may have this one beside the one that was restored.
        if !isNew, existing.kind != .directory, existing.linkCount > 1, names.contains(Array(existing.name)) { return }
        let siblings = names.map { path.isEmpty ? $0 : path + [UInt8(ascii: "/")] + $0 }
        for other in siblings where other != existing.path {
            if try target.existing(other)?.identity == existing.identity { throw .sameAs(existing.path, other: other) }
        }
        throw .failed(existing.path, PosixError(code: EEXIST, operation: "create", path: existing.path.displayPath))
    }
}
