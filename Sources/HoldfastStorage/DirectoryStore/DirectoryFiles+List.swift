import CPosix
import Glibc
import HoldfastModel
import Synchronization

/// Names that the layout does not know are passed over, and so is what goes away while it is being listed. What bears a log's or a
/// record's name and is no directory or regular file cannot be read, and so is never counted as absent: of a snapshot's log it is listed
/// with what is wrong with it, elsewhere it is an error. What has an object's name and cannot be looked at is listed with that.
extension DirectoryFiles {
    func list(_ prefix: ObjectPrefix) throws(StoreError) -> [StoredObject] {
        let found = try listing(prefix.text) { () throws(PosixError) -> [StoredObject] in
            if case .snapshot(let id) = prefix { return try records(of: id) }
            guard prefix == .snapshots else { return try objects(in: prefix.text) }
            let ids = try names(in: prefix.text).compactMap { SnapshotID(hexDigits: $0.bytes.span) }
            // The waiting is the kernel's, and there may be very many.
            let runs = ids.concurrentRuns { run in
                Result { () throws(PosixError) in
                    var objects: [StoredObject] = []
                    for id in ids[run] { objects += try records(of: id) }
                    return objects
                }
            }
            return Array(try runs.map { run throws(PosixError) in try run.get() }.joined())
        }
        if prefix == .snapshots, found.isEmpty { try requireLogs() }
        return found.sorted { $0.name < $1.name }
    }

    /// Logs are there before packs are, and their directory is never removed: where it is missing beside packs, it was taken away, or is
    /// not mounted, and no snapshot is gone for that.
    func requireLogs() throws(StoreError) {
        let logs = ObjectPrefix.snapshots.text
        let status: stat?
        do throws(PosixError) {
            status = try unlessAbsent(nil) { () throws(PosixError) -> stat? in
                try root.status(of: FileName(String(logs.dropLast())))
            }
        } catch {
            throw StoreError(error, on: logs)
        }
        guard status == nil, try !listPackOwners().isEmpty else { return }
        throw .unavailable(path, detail: "\(logs) is missing beside packs/: put it back, or mount it")
    }

    /// The last delete in an owner's directory removes it; one that stays behind empty after a crash owns nothing, and one that cannot be
    /// listed whatever it may.
    func listPackOwners() throws(StoreError) -> [SnapshotID] {
        try listing("packs/") { () throws(PosixError) in
            var owners: [SnapshotID] = []
            for name in try names(in: "packs/") {
                guard let id = SnapshotID(hexDigits: name.bytes.span) else { continue }
                if try ownsPacks(id) {
                    owners.append(id)
                } else {
                    emptyDirectories.withLock { _ = $0.insert(ObjectPrefix.packs(of: id).text) }
                }
            }
            return owners
        }.sorted()
    }

    private func ownsPacks(_ owner: SnapshotID) throws(PosixError) -> Bool {
        let prefix = ObjectPrefix.packs(of: owner).text
        do throws(PosixError) {
            var reader = try DirectoryReader(FileName(prefix), in: root)
            while let name = try reader.next() {
                if ObjectName(listed: prefix + name.description) != nil { return true }
            }
            return false
        } catch  where error.code == ENOENT {
            return false
        } catch  where error.isOfPlace {
            return true
        }
    }

    /// A log that cannot be listed is there all the same: nobody knows which records it has.
    func records(of id: SnapshotID) throws(PosixError) -> [StoredObject] {
        do throws(PosixError) {
            return try objects(in: ObjectPrefix.snapshot(id).text)
        } catch  where error.isOfPlace {
            guard !isGone else { throw error }
            return [StoredObject(unread: .record(0, of: id), "its log: \(error)")]
        }
    }

    func objects(in prefix: String) throws(PosixError) -> [StoredObject] {
        try listed(prefix) { (reader) throws(PosixError) in
            var objects: [StoredObject] = []
            while let file = try reader.next() {
                guard let name = ObjectName(listed: prefix + file.description) else { continue }
                if let object = try object(name, file, in: reader) { objects.append(object) }
            }
            return objects
        }
    }

    /// Nil where it has gone meanwhile, or is none.
    private func object(
        _ name: ObjectName, _ file: FileName, in directory: borrowing DirectoryReader
    ) throws(PosixError) -> StoredObject? {
        let found: stat?
        do throws(PosixError) {
            found = try directory.status(of: file)
        } catch  where error.tellsOfDamage {
            return StoredObject(unread: name, "\(error)")
        }
        guard let status = found else { return nil }
        if let object = StoredObject(name, status) ?? StoredObject(odd: name, status) { return object }
        guard !name.isRecord else { throw PosixError(code: EISDIR, operation: "list", path: name.text) }
        return nil
    }

    func names(in directory: String) throws(PosixError) -> [FileName] {
        try listed(directory) { (reader) throws(PosixError) in
            var names: [FileName] = []
            while let name = try reader.next() { names.append(name) }
            return names
        }
    }

    /// None where there is no such directory. A symbolic link that leads nowhere is another thing: its disk may not be mounted.
    private func listed<Answer>(
        _ directory: String, _ read: (inout DirectoryReader) throws(PosixError) -> [Answer]
    ) throws(PosixError) -> [Answer] {
        while true {
            do throws(PosixError) {
                var reader = try DirectoryReader(FileName(directory), in: root)
                return try read(&reader)
            } catch  where error.code == ENOENT {
                let name = FileName(String(directory.dropLast()))
                let status = try unlessAbsent(nil) { () throws(PosixError) -> stat? in try root.status(of: name) }
                guard let status else { return [] }
                // Removed and made again meanwhile.
                if status.st_mode & S_IFMT == S_IFDIR { continue }
                throw error
            }
        }
    }

    /// `absent` where there is nothing of that name, or no directory on the way to it.
    func unlessAbsent<Answer>(
        _ absent: Answer, _ calls: () throws(PosixError) -> Answer
    ) throws(PosixError) -> Answer {
        do throws(PosixError) {
            return try calls()
        } catch  where error.code == ENOENT || error.code == ENOTDIR {
            return absent
        }
    }

    /// Nothing is listed by a repository that is empty; one that has gone says so.
    func listing<Answer>(_ prefix: String, _ calls: () throws(PosixError) -> [Answer]) throws(StoreError) -> [Answer] {
        do throws(PosixError) {
            let answer = try calls()
            guard !answer.isEmpty || !isGone else { throw PosixError(code: ESTALE, operation: "list", path: prefix) }
            return answer
        } catch {
            throw isGone ? .noRepository(path) : StoreError(listing: error, prefix)
        }
    }
}

extension StoreError {
    /// What failed while a part of the repository was listed: a record that is no file is damage to it.
    init(listing error: PosixError, _ prefix: String) {
        if let name = ObjectName(listed: error.path) {
            self = .damaged(name, detail: "not a regular file")
        } else if error.isOfPlace, error.code != ENOENT || prefix.dropLast().contains("/") {
            // Right below the root a link that leads nowhere is more likely to a disk that is not mounted.
            self = .unlisted(prefix, detail: "\(error)")
        } else {
            self.init(error, on: prefix)
        }
    }
}

extension PosixError {
    /// What is in the place of a directory that was to be listed cannot be: it is damaged, no directory, or a link that leads nowhere.
    fileprivate var isOfPlace: Bool { tellsOfDamage || [ENOENT, ENOTDIR, ELOOP].contains(code) }
}
