import CPosix
import Glibc
import HoldfastModel

/// Names that the layout does not know are passed over, and so is what goes away while it is being listed.
extension DirectoryFiles {
    func list(_ prefix: ObjectPrefix) throws(StoreError) -> [StoredObject] {
        try listing(prefix.text) { () throws(PosixError) in
            guard prefix == .snapshots else { return try objects(in: prefix.text) }
            var objects: [StoredObject] = []
            for name in try names(in: prefix.text) {
                guard let id = name.text.flatMap({ SnapshotID($0) }) else { continue }
                objects += try self.objects(in: ObjectPrefix.snapshot(id).text)
            }
            return objects
        }.sorted { $0.name < $1.name }
    }

    /// The last delete in an owner's directory removes it; one that stays behind empty after a crash owns nothing.
    func listPackOwners() throws(StoreError) -> [SnapshotID] {
        try listing("packs/") { () throws(PosixError) in
            var owners: [SnapshotID] = []
            for name in try names(in: "packs/") {
                guard let id = name.text.flatMap({ SnapshotID($0) }), try ownsPacks(id) else { continue }
                owners.append(id)
            }
            return owners
        }.sorted()
    }

    private func ownsPacks(_ owner: SnapshotID) throws(PosixError) -> Bool {
        let prefix = ObjectPrefix.packs(of: owner).text
        return try unlessAbsent(false) { () throws(PosixError) in
            var reader = try DirectoryReader(root.openDirectory(FileName(prefix)))
            while let name = try reader.next() {
                if ObjectName(listed: prefix + name.description) != nil { return true }
            }
            return false
        }
    }

    func objects(in prefix: String) throws(PosixError) -> [StoredObject] {
        var objects: [StoredObject] = []
        for file in try names(in: prefix) {
            guard let name = ObjectName(listed: prefix + file.description) else { continue }
            let object = try unlessAbsent(nil) { () throws(PosixError) in
                try StoredObject(name, root.status(of: name.file))
            }
            if let object { objects.append(object) }
        }
        return objects
    }

    func names(in directory: String) throws(PosixError) -> [FileName] {
        try unlessAbsent([]) { () throws(PosixError) in try root.openDirectory(FileName(directory)).names() }
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
            throw isGone ? .noRepository(path) : StoreError(error, on: prefix)
        }
    }
}
