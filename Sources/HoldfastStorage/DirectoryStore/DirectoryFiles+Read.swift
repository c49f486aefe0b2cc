import CPosix
import Glibc
import HoldfastFormat
import HoldfastModel

extension DirectoryFiles {
    func read(_ name: ObjectName, range: Range<Int>?) throws(StoreError) -> [UInt8] {
        let bytes = try readUnsettled(name, range: range)
        try settle(name)
        return bytes
    }

    /// The same bytes of a range, at the front of a buffer.
    func read(_ name: ObjectName, range: Range<Int>, into buffer: ReadBuffer) throws(StoreError) {
        let file = try openObject(name)
        try checkLength(of: file, name, range)
        var filled = 0
        try attempt(name) { () throws(PosixError) in
            try buffer.withBytes(in: 0..<range.count) { bytes throws(PosixError) in
                filled = try file.readDirect(at: range.lowerBound, into: &bytes)
            }
        }
        guard filled == range.count else { throw Self.tooShort(name, range.lowerBound + filled, range) }
        try settle(name)
    }

    func read(all names: [ObjectName]) throws(StoreError) -> [[UInt8]] {
        try read(each: names, isReliedOn: true).map { object throws(StoreError) in try object.get() }
    }

    /// Each directory is settled once, after all of its objects; where that fails, none of them is to be relied on.
    func read(each names: [ObjectName], isReliedOn: Bool) -> [Result<[UInt8], StoreError>] {
        var objects = names.map { name in
            Result { () throws(StoreError) in try readUnsettled(name, range: nil) }
        }
        guard isReliedOn else { return objects }
        let byDirectory = Dictionary(grouping: names.indices) { names[$0].directories.last }
        for indices in byDirectory.values {
            do throws(StoreError) {
                try settle(names[indices[0]])
            } catch {
                for index in indices { objects[index] = .failure(error) }
            }
        }
        return objects
    }

    private func readUnsettled(_ name: ObjectName, range: Range<Int>?) throws(StoreError) -> [UInt8] {
        let file = try openObject(name)
        let range = try checkLength(of: file, name, range)
        let bytes = try attempt(name) { () throws(PosixError) in
            try file.read(at: range.lowerBound, count: range.count, isDirect: true)
        }
        guard bytes.count == range.count else { throw Self.tooShort(name, range.lowerBound + bytes.count, range) }
        return bytes
    }

    private func openObject(_ name: ObjectName) throws(StoreError) -> OwnedFile {
        // Without O_NONBLOCK a FIFO in the object's place would hold us for ever.
        try attempt(name) { () throws(PosixError) in
            try root.open(name.file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
        }
    }

    /// The range, or all where it is nil; the object has it. Only what its name may hold is read whole.
    @discardableResult
    private func checkLength(
        of file: borrowing OwnedFile, _ name: ObjectName, _ range: Range<Int>?
    ) throws(StoreError) -> Range<Int> {
        let status = try attempt(name) { () throws(PosixError) in try file.status() }
        guard let byteCount = StoredObject(name, status)?.byteCount else { throw .damaged(name, detail: "not a regular file") }
        guard range != nil || byteCount <= name.maximumByteCount else { throw .tooLong(name, byteCount) }
        let range = range ?? 0..<byteCount
        guard range.upperBound <= byteCount else { throw Self.tooShort(name, byteCount, range) }
        return range
    }

    private static func tooShort(_ name: ObjectName, _ byteCount: Int, _ range: Range<Int>) -> StoreError {
        .damaged(name, detail: "it has \(byteCount) bytes, \(range.upperBound) were asked for")
    }

    /// Settles the name after looking, whatever it saw: "there is no start record" is relied on as much as "there is one".
    func stat(_ name: ObjectName) throws(StoreError) -> StoredObject? {
        var object: StoredObject?
        do throws(StoreError) {
            let status = try attempt(name) { () throws(PosixError) in try root.status(of: name.file) }
            object = StoredObject(name, status) ?? StoredObject(odd: name, status)
        } catch .notFound {
            object = nil
        }
        try settle(name)
        return object
    }
}

extension StoredObject {
    /// Nil for what is not a regular file.
    init?(_ name: ObjectName, _ status: Glibc.stat) {
        guard status.st_mode & S_IFMT == S_IFREG else { return nil }
        self.init(
            name: name, byteCount: Int(status.st_size), modified: Timestamp(seconds: Int64(status.st_mtim.tv_sec)))
    }

    /// What is no regular file, though it bears the name of a record of a snapshot: it is there, and nobody can read it. Nil for any other name.
    init?(odd name: ObjectName, _ status: Glibc.stat) {
        guard case .record = name.parsed else { return nil }
        self.init(
            name: name, byteCount: 0, modified: Timestamp(seconds: Int64(status.st_mtim.tv_sec)),
            problem: .odd("not a regular file"))
    }

    /// What is there, and cannot be looked at.
    init(unread name: ObjectName, _ why: String) {
        self.init(name: name, byteCount: 0, modified: Timestamp(seconds: 0), problem: .unread(why))
    }
}
