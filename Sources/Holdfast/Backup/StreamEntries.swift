import HoldfastModel

/// Entries of what no file system has: the file that a stream becomes, and the directories that its name leads through.
struct StreamEntries {
    let filename: [UInt8]
    /// The snapshot's.
    let time: Timestamp

    /// From the topmost down; none where the file lies at the root.
    var directories: [Entry] {
        filename.indices.filter { filename[$0] == UInt8(ascii: "/") }
            .map { entry(Array(filename[..<$0]), .directory, mode: 0o700) }
    }

    /// Its size is known once the stream ends.
    var file: Entry { entry(filename, .file, mode: 0o600) }

    private func entry(_ path: [UInt8], _ kind: Entry.Kind, mode: UInt32) -> Entry {
        var entry = Entry(path: path, kind: kind)
        (entry.mode, entry.linkCount) = (mode, 1)
        let (nanoseconds, overflow) = time.seconds.multipliedReportingOverflow(by: 1_000_000_000)
        entry.modified = overflow ? .max : nanoseconds
        return entry
    }
}
