/// The names in one directory of the target that the snapshot does not have there, found by going through both in order.
struct ExtraneousNames {
    private let directory: [UInt8]
    private let existing: [[UInt8]]
    private var position = 0
    private var found: [[UInt8]] = []

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
        if position < existing.count, existing[position].elementsEqual(name) { position += 1 }
    }

    /// Their paths in the target, once all that the snapshot has was kept.
    var paths: [[UInt8]] {
        (found + existing[position...]).map { directory.isEmpty ? $0 : directory + [UInt8(ascii: "/")] + $0 }
    }
}
