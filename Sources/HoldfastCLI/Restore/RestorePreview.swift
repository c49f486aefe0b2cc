import Holdfast
import HoldfastFormat
import HoldfastModel

/// Lists what a restore would write, and writes nothing.
struct RestorePreview {
    let snapshot: OpenedSnapshot
    let options: RestoreOptions
    let session: Session

    func show() async throws {
        var (files, bytes, found): (UInt64, UInt64, Bool) = (0, 0, options.path.isEmpty)
        var includes = IncludeMatches(options.filter)
        var entries = ListingReader(snapshot, from: options.path)
        while let entry = try await entries.next() {
            guard isWanted(entry.path) else { continue }
            found = true
            includes.see(entry.path)
            // That directory is the target itself.
            guard !(entry.kind == .directory && entry.path == options.path), options.filter.selects(entry.path) else { continue }
            if entry.kind != .directory { (files, bytes) = (files + 1, bytes.addingSaturated(entry.size)) }
            try show(entry)
        }
        guard found else { throw HoldfastError.noSuchPath(options.path.displayPath) }
        try showTotal(files, bytes, includes.notes)
    }

    private func isWanted(_ path: [UInt8]) -> Bool {
        options.path.isEmpty || path == options.path || path.starts(with: options.path + [UInt8(ascii: "/")])
    }

    private func show(_ entry: Entry) throws {
        guard session.options.isJSON else { return try session.output.print(Table.printable(entry.displayPath)) }
        var object: JSONObject = ["message_type": "would_restore"]
        object.append(path: entry.path)
        object.append("size", .count(entry.size))
        try session.output.print(object)
    }

    private func showTotal(_ files: UInt64, _ bytes: UInt64, _ notes: [String]) throws {
        for note in notes { session.note("holdfast: \(note)") }
        guard session.options.isJSON else { return session.note("would restore \(files) files, \(ByteCount(bytes))") }
        try session.output.print([
            "message_type": "summary", "dry_run": .bool(true), "snapshot_id": .text(snapshot.id),
            "files_restored": .count(files), "bytes_restored": .count(bytes),
            "notes": .array(notes.map { .string($0) }),
        ])
    }
}
