/// The names in one directory of the target that the snapshot does not have there, found by going through both in order.
struct ExtraneousNames {
    private let directory: [UInt8]
    private let existing: [[UInt8]]
    private var position = 0
    private var found: [[UInt8]] = []
    private var missing: [[UInt8]] = []

    /// `existing` ascending, as bytes.
    init(in directory: [UInt8], existing: [[UInt8]]) {
        self.directory = directory
        self.existing = existing
    }

    /// The snapshot has something at this path, which lies in the directory or deeper; paths come in order.
    mutating func keep(_ path: [UInt8]) {
        let name = path[(directory.isEmpty ? 0 : directory.count + 1)...].prefix { $0 != UInt8(ascii: "/") }
        while position < existing.count, existing[position].lexicographicallyPrecedes(name) {
            found.append(existing[position])
            position += 1
        }
        if position < existing.count, existing[position].elementsEqual(name) {
            position += 1
        } else if !isKept(name) {
            missing.append(Array(name))
        }
    }

    /// Paths in the target that the snapshot does not have, once all that it has was kept.
    var paths: [[UInt8]] { (found + existing[position...]).map(path) }

    /// Paths that the snapshot has and the directory does not show: a file system may show them by names of its own.
    var unshownPaths: [[UInt8]] { missing.map(path) }

    /// Whether this was the last name too: one directory's name stands in all paths below it.
    private func isKept(_ name: ArraySlice<UInt8>) -> Bool {
        position > 0 && existing[position - 1].elementsEqual(name) || missing.last?.elementsEqual(name) == true
    }

    private func path(_ name: [UInt8]) -> [UInt8] {
        directory.isEmpty ? name : directory + [UInt8(ascii: "/")] + name
    }
}
