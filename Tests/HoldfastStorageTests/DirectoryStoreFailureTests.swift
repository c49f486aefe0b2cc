import CPosix
import FoundationEssentials
import Glibc
import HoldfastCrypto
import HoldfastModel
import HoldfastStorage
import Testing

@Suite("What a directory store says when it cannot")
struct DirectoryStoreFailureTests {
    let snapshot: SnapshotID = Random.id()

    static let name = ObjectName.keyRecord(7)

    @Test(
        "each error of the system has its meaning",
        arguments: [
            ("open", ENOENT, StoreError.notFound(name)),
            ("write", ENOSPC, .noSpace(name)),
            ("fsync", EDQUOT, .noSpace(name)),
            ("open", EACCES, .denied("keys/7", detail: "open /r/keys/7: Permission denied")),
            ("link", EPERM, .denied("keys/7", detail: "link /r/keys/7: Operation not permitted")),
            ("unlink", EROFS, .denied("keys/7", detail: "unlink /r/keys/7: Read-only file system")),
            ("read", EIO, .damaged(name, detail: "read /r/keys/7: Input/output error")),
            ("read", ENODATA, .damaged(name, detail: "read /r/keys/7: No data available")),
            ("read", EILSEQ, .damaged(name, detail: "read /r/keys/7: Invalid or incomplete multibyte or wide character")),
            ("open", EUCLEAN, .damaged(name, detail: "open /r/keys/7: Structure needs cleaning")),
            ("stat", EBADMSG, .damaged(name, detail: "stat /r/keys/7: Bad message")),
            ("read", ETIMEDOUT, .unavailable("keys/7", detail: "read /r/keys/7: Connection timed out")),
            ("fsync", EIO, .unavailable("keys/7", detail: "fsync /r/keys/7: Input/output error")),
            ("open", ENOTDIR, .damaged(name, detail: "open /r/keys/7: Not a directory")),
            ("open", EMFILE, .unavailable("keys/7", detail: "open /r/keys/7: Too many open files")),
        ])
    func meaning(_ operation: String, _ code: Int32, _ expected: StoreError) {
        #expect(StoreError(PosixError(code: code, operation: operation, path: "/r/keys/7"), Self.name) == expected)
    }

    @Test("no directory, or a file in its place, is no repository")
    func noRepository() async throws {
        try await withTemporaryDirectory { path in
            try writeFile(path + "/file", [])
            for missing in [path + "/missing", path + "/file", path + "/file/below"] {
                await #expect(throws: StoreError.noRepository(missing)) { _ = try await DirectoryStore.open(at: missing) }
            }
        }
    }

    @Test("a repository is made with all directories above it, and one that stands is opened")
    func createsParents() async throws {
        try await withTemporaryDirectory { path in
            let store = try await DirectoryStore.create(at: path + "/a/b//c/")
            try await store.create(.repository, [1])
            let again = try await DirectoryStore.create(at: path + "/a/b/c")
            #expect(try await again.read(.repository) == [1])
        }
    }

    @Test("a file where the repository was to be made is refused")
    func createOverFile() async throws {
        try await withTemporaryDirectory { path in
            try writeFile(path + "/file", [])
            for place in [path + "/file", path + "/file/below"] {
                let error = await #expect(throws: StoreError.self) { _ = try await DirectoryStore.create(at: place) }
                guard case .unsuitable(place, _) = error else {
                    Issue.record("\(String(describing: error))")
                    continue
                }
            }
        }
    }

    @Test("once the root has been removed every call says so")
    func rootRemoved() async throws {
        try await withDirectoryStore { store in
            let gone = StoreError.noRepository(store.path)
            try FileManager.default.removeItem(atPath: store.path)
            await #expect(throws: gone) { _ = try await store.read(.keyRecord(0)) }
            await #expect(throws: gone) { try await store.create(.keyRecord(0), [1]) }
            await #expect(throws: gone) { try await store.replace(.checkpoint(snapshot), [1]) }
            await #expect(throws: gone) { _ = try await store.stat(.keyRecord(0)) }
            await #expect(throws: gone) { _ = try await store.list(.snapshots) }
            await #expect(throws: gone) { _ = try await store.listPackOwners() }
            await #expect(throws: gone) { try await store.delete(.keyRecord(0)) }
            await #expect(throws: gone) { try await store.removeStaleTemporaries(olderThan: Timestamp(seconds: 0)) }
            #expect(!FileManager.default.fileExists(atPath: store.path))
        }
    }

    @Test("a directory of logs that is missing beside packs is no empty one")
    func logsTakenAway() async throws {
        try await withDirectoryStore { store in
            let logs = store.path + "/snapshots"
            #expect(try await store.list(.snapshots).isEmpty)
            try await store.create(.record(0, of: snapshot), [1])
            try await store.create(.pack(SHA256.hash([UInt8]().span), of: snapshot), [1])
            try FileManager.default.moveItem(atPath: logs, toPath: store.path + "/elsewhere")
            let missing = StoreError.unavailable(
                store.path, detail: "snapshots/ is missing beside packs/: put it back, or mount it")
            await #expect(throws: missing) { _ = try await store.list(.snapshots) }
            await #expect(throws: missing) { _ = try await store.changedLogs { LogStamps() } }
            try FileManager.default.moveItem(atPath: store.path + "/elsewhere", toPath: logs)
            #expect(try await store.list(.snapshots).map(\.name) == [.record(0, of: snapshot)])
            try await store.delete(.record(0, of: snapshot))
            #expect(try await store.list(.snapshots).isEmpty)
        }
    }

    @Test("what is no regular file in an object's place is damage, and is not waited for")
    func notRegular() async throws {
        try await withDirectoryStore { store in
            try await store.create(.keyRecord(0), [1])
            let keys = store.path + "/keys"
            try FileManager.default.createSymbolicLink(atPath: keys + "/1", withDestinationPath: "0")
            try FileManager.default.createDirectory(atPath: keys + "/2", withIntermediateDirectories: false)
            #expect(unsafe mkfifo(keys + "/3", 0o600) == 0)
            for number in 1...3 { try await expectDamage(.keyRecord(number)) { try await store.read(.keyRecord(number)) } }
            await #expect(throws: StoreError.self) { try await store.list(.keys) }
        }
    }

    @Test("of a snapshot's log what cannot be listed or is no file stands in its place, and keeps nothing else from being listed")
    func oddLogs() async throws {
        try await withDirectoryStore { store in
            let ids = (0..<4).map { _ in Random.id() as SnapshotID }
            for id in ids[...1] { try await store.create(.record(0, of: id), [1]) }
            let logs = store.path + "/snapshots/"
            try FileManager.default.createDirectory(atPath: logs + "\(ids[0])/1", withIntermediateDirectories: false)
            try FileManager.default.createSymbolicLink(atPath: logs + "\(ids[1])/1", withDestinationPath: "0")
            try writeFile(logs + "\(ids[2])", [])
            try FileManager.default.createSymbolicLink(atPath: logs + "\(ids[3])", withDestinationPath: "nowhere")
            let listed = try await store.list(.snapshots)
            let odd: Set<ObjectName> = [
                .record(1, of: ids[0]), .record(1, of: ids[1]), .record(0, of: ids[2]), .record(0, of: ids[3]),
            ]
            #expect(Set(listed.filter { $0.problem != nil }.map(\.name)) == odd)
            #expect(Set(listed.map(\.name)) == odd.union(ids[...1].map { .record(0, of: $0) }))
            #expect(try await store.stat(.record(1, of: ids[0]))?.problem != nil)
            let changed = try await store.changedLogs { LogStamps() }.changed
            #expect(Set(changed.keys) == Set(ids) && changed[ids[2]]?.records[0]?.problem != nil)
            #expect(try await store.list(.snapshot(ids[3])).map(\.name) == [.record(0, of: ids[3])])
        }
    }

    @Test(
        "packs of an owner that cannot be listed are damage, the owner is named, and others are listed", arguments: [true, false])
    func unlistedPacks(isFile: Bool) async throws {
        try await withDirectoryStore { store in
            let (odd, sound): (SnapshotID, SnapshotID) = (Random.id(), Random.id())
            try await store.create(.pack(SHA256.hash([1].span), of: sound), [1])
            let place = store.path + "/packs/\(odd)"
            if isFile {
                try writeFile(place, [])
            } else {
                try FileManager.default.createSymbolicLink(atPath: place, withDestinationPath: "\(odd)")
            }
            let error = await #expect(throws: StoreError.self) { try await store.list(.packs(of: odd)) }
            guard case .unlisted("packs/\(odd)/", _) = error else { Issue.record("\(String(describing: error))"); return }
            #expect(try await store.listPackOwners() == [odd, sound].sorted())
        }
    }

    @Test("a file in the place of a directory is damage, for reads and writes alike")
    func fileForDirectory() async throws {
        try await withDirectoryStore { store in
            try writeFile(store.path + "/keys", [])
            let name = ObjectName.keyRecord(0)
            try await expectDamage(name) { try await store.read(name) }
            try await expectDamage(name) { try await store.create(name, [1]) }
            #expect(try contents(store.path + "/tmp") == [])
        }
    }

    @Test("a directory that takes no files is denied, and nothing is left in tmp")
    func denied() async throws {
        try await withDirectoryStore { store in
            try await store.create(.keyRecord(0), [1])
            // Root is above permission bits, but not above this flag.
            guard setImmutable(store.path + "/keys", true) else {
                print("SKIPPED: no immutable directories here: not root, or the file system has no such flag")
                return
            }
            defer { _ = setImmutable(store.path + "/keys", false) }
            let error = await #expect(throws: StoreError.self) { try await store.create(.keyRecord(1), [1]) }
            guard case .denied("keys/1", _) = error else { Issue.record("\(String(describing: error))"); return }
            #expect(try contents(store.path + "/tmp") == [])
            #expect(try await store.list(.keys).map(\.name) == [.keyRecord(0)])
        }
    }

    @Test("a full disk is told as such, leaves nothing in tmp, and hurts nothing that stands")
    func noSpace() async throws {
        try await withTemporaryDirectory { path in
            guard unsafe mount("holdfast", path, "tmpfs", 0, "size=1m") == 0 else {
                print("SKIPPED: no tmpfs can be mounted here: the test of a full disk needs root")
                return
            }
            // Detached: a child that another test starts may hold files of it open until it executes its program.
            defer { _ = unsafe umount2(path, 2) }
            let store = try await DirectoryStore.create(at: path + "/repository")
            try await store.create(.keyRecord(0), [1])
            let pack = ObjectName.pack(SHA256.hash([UInt8]().span), of: snapshot)
            let large = [UInt8](repeating: 1, count: 2 << 20)
            await #expect(throws: StoreError.noSpace(pack)) { try await store.create(pack, large) }
            let checkpoint = ObjectName.checkpoint(snapshot)
            try await store.replace(checkpoint, [7])
            await #expect(throws: StoreError.noSpace(checkpoint)) { try await store.replace(checkpoint, large) }
            #expect(try contents(store.path + "/tmp") == [])
            #expect(try await store.stat(pack) == nil)
            #expect(try await store.read(checkpoint) == [7])
            try await store.create(.keyRecord(1), [2])
        }
    }

    private func expectDamage<Answer>(_ name: ObjectName, _ call: () async throws -> Answer) async throws {
        let error = await #expect(throws: StoreError.self) { _ = try await call() }
        guard case .damaged(name, _) = error else { Issue.record("\(String(describing: error)) for \(name)"); return }
    }

    private func setImmutable(_ path: String, _ isImmutable: Bool) -> Bool {
        let file = unsafe posix_openat(AT_FDCWD, path, O_RDONLY | O_DIRECTORY, 0)
        defer { close(file) }
        var flags: Int32 = isImmutable ? FS_IMMUTABLE_FL : 0
        return unsafe ioctl(file, UInt(0x4008_6602), &flags) == 0
    }
}
