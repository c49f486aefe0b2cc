package import HoldfastModel

/// Lists what is at a path of a snapshot: a directory's own entries, or with all that is below.
package struct ListEntries: Sendable {
    private let snapshot: OpenedSnapshot

    package init(_ snapshot: OpenedSnapshot) { self.snapshot = snapshot }

    /// Lends each entry in the listing's order; of anything but a directory that one entry. Throws `.noSuchPath`.
    ///
    /// Where it is not recursive, listing chunks that lie wholly in a subdirectory are not read.
    package func run<Failure: Error>(
        at path: [UInt8], recursive isRecursive: Bool, _ body: (Entry) async throws(Failure) -> Void
    ) async throws {
        var reader = ListingReader(snapshot, from: path)
        var isFound = path.isEmpty
        while let entry = try await reader.next() {
            if entry.path == path {
                isFound = true
                guard entry.kind == .directory else { return try await body(entry) }
            } else if entry.path.isBelow(path) {
                isFound = true
                if isRecursive || entry.path.isChild(of: path) { try await body(entry) }
                if !isRecursive { reader.skip(to: entry.path.afterAllBelow(in: path)) }
            } else if PathOrder.precedes(path, entry.path) {
                break
            }
        }
        guard isFound else { throw HoldfastError.noSuchPath(path.displayPath) }
    }
}

extension [UInt8] {
    private static var slash: UInt8 { UInt8(ascii: "/") }

    fileprivate func isChild(of directory: [UInt8]) -> Bool {
        !self[childStart(in: directory)...].contains(Self.slash)
    }

    /// The first path that could follow the child of `directory` that this path is, or lies below: no name holds a zero byte.
    fileprivate func afterAllBelow(in directory: [UInt8]) -> [UInt8] {
        let rest = self[childStart(in: directory)...]
        return self[..<(rest.firstIndex(of: Self.slash) ?? endIndex)] + [1]
    }

    private func childStart(in directory: [UInt8]) -> Int { directory.isEmpty ? 0 : directory.count + 1 }
}
