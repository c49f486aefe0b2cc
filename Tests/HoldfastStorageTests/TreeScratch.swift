import CPosix
import FoundationEssentials
import Glibc
import HoldfastModel
import HoldfastStorage

/// A directory of a test's own, removed with all that is in it when the value goes.
final class TreeScratch {
    let path: String

    init() throws {
        path = "/tmp/holdfast-tree-\(UUID().uuidString)"
        try made(unsafe mkdir(path, 0o755))
    }

    deinit {
        do throws(any Error) {
            let target = try RestoreTarget(directory: "/tmp")
            try target.remove(Array(path.utf8.dropFirst(5)))
        } catch {
            print("\(path) is left: \(error)")
        }
    }

    /// The path as entries have it: without the leading slash.
    var bytes: [UInt8] { Array(path.utf8.dropFirst()) }
    var root: [UInt8] { Array(path.utf8) }

    func callAsFunction(_ name: String) -> String { "\(path)/\(name)" }

    func directory(_ name: String, mode: mode_t = 0o755) throws { try made(unsafe mkdir(self(name), mode)) }

    func file(_ name: String, _ text: String = "x") throws {
        let file = unsafe open(self(name), O_WRONLY | O_CREAT | O_TRUNC, 0o644)
        try made(file)
        try made(unsafe Int32(write(file, text, text.utf8.count)))
        close(file)
    }

    func link(_ name: String, to target: String) throws { try made(unsafe symlink(target, self(name))) }

    /// Sets an attribute; false where the file system has none of that kind.
    func attribute(_ name: String, _ key: String, _ value: [UInt8]) -> Bool {
        unsafe lsetxattr(self(name), key, value, value.count, 0) == 0
    }
}

struct SystemCallFailed: Error {
    let code: Int32
}

func made(_ result: Int32) throws {
    if result < 0 { throw SystemCallFailed(code: errno) }
}

func text(_ bytes: some Sequence<UInt8>) -> String { String(decoding: Array(bytes), as: UTF8.self) }

/// What a walk of some paths gave.
struct Walked {
    var entries: [Entry] = []
    var problems: [SourceProblem] = []
    var skippedSockets = 0

    init(_ roots: [String], _ filter: WalkFilter = WalkFilter(), meanwhile: (Entry) throws -> Void = { _ in }) rethrows {
        try self.init(roots: roots.map { Array($0.utf8) }, filter, meanwhile: meanwhile)
    }

    init(roots: [[UInt8]], _ filter: WalkFilter = WalkFilter(), meanwhile: (Entry) throws -> Void = { _ in }) rethrows {
        final class Problems { var all: [SourceProblem] = [] }
        let problems = Problems()
        let walk = TreeWalk(roots: roots, filter: filter) { problems.all.append($0) }
        while let entry = walk.next() {
            entries.append(entry)
            try meanwhile(entry)
        }
        self.problems = problems.all
        skippedSockets = walk.skippedSockets
    }

    /// The paths below a directory, relative to it.
    func names(below scratch: TreeScratch) -> [String] {
        entries.filter { $0.path.starts(with: scratch.bytes + [0x2F]) }.map { text($0.path.dropFirst(scratch.bytes.count + 1)) }
    }
}

/// Every entry with its metadata, as a backup takes it.
func completed(_ entries: [Entry]) -> [Entry] {
    entries.map { entry in
        var entry = entry
        _ = Metadata.complete(&entry)
        return entry
    }
}
