import HoldfastFormat
import HoldfastModel

/// Writes one file's bytes, or a directory as a tar stream, in order to a sink. Holes come as zeros.
package struct Dump: Sendable {
    /// Takes the next bytes; what it throws ends the dump.
    package typealias Sink = (Span<UInt8>) throws(HoldfastError) -> Void

    private let snapshot: OpenedSnapshot

    package init(_ snapshot: OpenedSnapshot) { self.snapshot = snapshot }

    /// Dumps what is at `path`, raw bytes from the root; empty is the whole tree. Names in a tar are relative to the directory.
    ///
    /// Throws `.noSuchPath` where there is nothing, `.usage` for what is neither file nor directory. Answers notes: what a tar cannot
    /// hold and was left out.
    package func run(_ path: [UInt8], to sink: Sink) async throws(HoldfastError) -> [String] {
        let path = path.withoutOuterSlashes
        guard !path.isEmpty else { return try await dumpTree(path, to: sink) }
        let entry = try await snapshot.entry(at: path)
        switch entry.kind {
        case .file:
            try await DumpedContent(snapshot).write(entry, to: sink)
            return []
        case .directory:
            return try await dumpTree(path, to: sink)
        case .symlink, .fifo, .socket, .characterDevice, .blockDevice:
            throw .usage(
                "\(entry.displayPath) is neither a file nor a directory: only those can be dumped",
                object: entry.displayPath)
        }
    }

    private func dumpTree(_ path: [UInt8], to sink: Sink) async throws(HoldfastError) -> [String] {
        let content = DumpedContent(snapshot)
        var entries = SubtreeReader(snapshot, top: path)
        var links = LinkedFiles()
        var notes: [String] = []
        while let item = try await entries.next(), entries.gaps.isEmpty {
            if item.entry.kind == .socket {
                notes.append("\(item.entry.displayPath) is a socket, which a tar cannot hold")
                continue
            }
            let first = item.entry.kind == .directory ? nil : links.first(for: item.entry)
            if first == nil, item.entry.kind != .directory { links.add(item.entry, at: item.path) }
            let entry = try await content.withResolvedXattrs(item.entry)
            try sink(TarHeader(entry, name: item.path, linkedTo: first?.path).encoded().span)
            guard first == nil, entry.kind == .file else { continue }
            try await content.write(entry, to: sink)
            try sink(TarHeader.padding(afterByteCount: entry.size).span)
        }
        // A stream has no place that tells what is missing in it: it ends where it cannot go on.
        if let gap = entries.gaps.first { throw gap.cause }
        try sink([UInt8](repeating: 0, count: 2 * TarHeader.blockByteCount).span)
        return notes
    }
}

extension OpenedSnapshot {
    /// The entry at a path, raw bytes from the root. Throws `.noSuchPath`.
    func entry(at path: [UInt8]) async throws(HoldfastError) -> Entry {
        var entries = ListingReader(self, from: path)
        while let entry = try await entries.next(), !PathOrder.precedes(path, entry.path) {
            if entry.path == path { return entry }
        }
        throw .noSuchPath(path.displayPath)
    }
}
