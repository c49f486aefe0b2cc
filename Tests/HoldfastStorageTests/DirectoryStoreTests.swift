import CPosix
import FoundationEssentials
import Glibc
import HoldfastCrypto
import HoldfastFormat
import HoldfastModel
import HoldfastStorage
import Testing

@Suite("A repository in a directory")
struct DirectoryStoreTests {
    let snapshot: SnapshotID = Random.id()

    @Test("objects are files under their names, for their owner alone, and tmp is left empty")
    func layout() async throws {
        try await withDirectoryStore { store in
            try await store.create(.repository, Array("{}".utf8))
            try await store.create(.record(0, of: snapshot), [1, 2, 3])
            #expect(try contents(store.path) == ["holdfast.json", "snapshots", "tmp"])
            #expect(try contents(store.path + "/tmp") == [])
            let file = store.path + "/snapshots/\(snapshot)/0"
            let attributes = try FileManager.default.attributesOfItem(atPath: file)
            #expect(attributes[.posixPermissions] as? Int == 0o600)
            #expect(attributes[.referenceCount] as? Int == 1)
            let root = try FileManager.default.attributesOfItem(atPath: store.path)
            #expect(root[.posixPermissions] as? Int == 0o700)
        }
    }

    @Test("a pack of 20 MiB is written and read whole")
    func largePack() async throws {
        try await withDirectoryStore { store in
            let bytes = [UInt8](repeating: 7, count: 20 << 20)
            let name = ObjectName.pack(SHA256.hash(bytes.span), of: snapshot)
            try await store.create(name, bytes)
            #expect(try await store.read(name) == bytes)
        }
    }

    @Test("the directories of a snapshot go with the last that was in them")
    func emptyDirectories() async throws {
        try await withDirectoryStore { store in
            let pack = ObjectName.pack(SHA256.hash([UInt8]().span), of: snapshot)
            let names = [pack, .record(0, of: snapshot), .record(1, of: snapshot)]
            for name in names { try await store.create(name, [1]) }
            for name in names { try await store.delete(name) }
            #expect(try contents(store.path + "/packs") == [])
            #expect(try contents(store.path + "/snapshots") == [])
        }
    }

    @Test("an empty directory that a crash has left owns nothing, and a delete in it tidies it up")
    func leftoverDirectory() async throws {
        try await withDirectoryStore { store in
            let left = store.path + "/packs/\(snapshot)"
            try FileManager.default.createDirectory(atPath: left, withIntermediateDirectories: true)
            #expect(try await store.listPackOwners() == [])
            try await store.delete(.pack(SHA256.hash([UInt8]().span), of: snapshot))
            #expect(try contents(store.path + "/packs") == [])
        }
    }

    @Test("a directory that has been removed is made again for the next object")
    func removedDirectory() async throws {
        try await withDirectoryStore { store in
            let name = ObjectName.record(1, of: snapshot)
            try await store.create(name, [1])
            try await store.delete(name)
            #expect(try contents(store.path + "/snapshots") == [])
            try await store.create(name, [2])
            #expect(try await store.read(name) == [2])
        }
    }

    @Test("listings pass over what the layout does not know")
    func foreignFiles() async throws {
        try await withDirectoryStore { store in
            try await store.create(.record(0, of: snapshot), [1])
            let directory = store.path + "/snapshots/\(snapshot)"
            for name in ["00", "1~", ".1.swp", "x"] { try writeFile("\(directory)/\(name)", [1]) }
            try FileManager.default.createDirectory(
                atPath: store.path + "/snapshots/lost+found", withIntermediateDirectories: false)
            try writeFile(store.path + "/tmp/half", [1])
            #expect(try await store.list(.snapshots).map(\.name) == [.record(0, of: snapshot)])
            #expect(try await store.list(.snapshot(snapshot)).map(\.name) == [.record(0, of: snapshot)])
        }
    }

    @Test("a directory of logs that leads nowhere is an error, and no empty one")
    func hiddenLogs() async throws {
        let files = FileManager.default
        try await withDirectoryStore { store in
            try await store.create(.record(0, of: snapshot), [1])
            try files.removeItem(atPath: store.path + "/snapshots")
            try files.createSymbolicLink(atPath: store.path + "/snapshots", withDestinationPath: "/not/mounted")
            await #expect(throws: StoreError.self) { try await store.list(.snapshots) }
        }
    }

    @Test("the root is known by device and inode, whatever path leads to it; what is not there has none")
    func identity() async throws {
        try await withDirectoryStore { store in
            try FileManager.default.createSymbolicLink(atPath: store.path + "-link", withDestinationPath: store.path)
            let found = try FileIdentity.target(of: store.path)
            #expect(try FileIdentity.target(of: store.path + "-link") == found)
            let inode = try FileManager.default.attributesOfItem(atPath: store.path)[.systemFileNumber] as? UInt64
            #expect(found.map(\.inode) == [inode])
            #expect(try FileIdentity.target(of: store.path + "-none") == [])
        }
    }

    @Test("temporaries are swept once they are older than the limit, and no sooner")
    func staleTemporaries() async throws {
        try await withDirectoryStore { store in
            try await store.create(.keyRecord(0), [1])
            let limit = Timestamp(seconds: 1_000_000)
            for (name, age) in [("old", 1), ("older", 100_000), ("at", 0), ("young", -1)] as [(String, Int64)] {
                try writeFile(store.path + "/tmp/\(name)", [1])
                try setTime(store.path + "/tmp/\(name)", limit + -age)
            }
            #expect(try await store.removeStaleTemporaries(olderThan: limit) == 2)
            #expect(try contents(store.path + "/tmp") == ["at", "young"])
            #expect(try await store.read(.keyRecord(0)) == [1])
        }
    }

    @Test("directories that a listing found empty are swept with them, but not where something was put in since")
    func sweptDirectories() async throws {
        try await withDirectoryStore { store in
            let (empty, filled) = (snapshot, Random.id() as SnapshotID)
            let limit = Timestamp(seconds: Int64(Date().timeIntervalSince1970) + 86_400)
            for directory in [empty, filled].flatMap({ ["snapshots/\($0)", "packs/\($0)"] }) {
                try FileManager.default.createDirectory(atPath: "\(store.path)/\(directory)", withIntermediateDirectories: true)
            }
            _ = try await store.changedLogs(since: { [:] }, at: limit)
            #expect(try await store.listPackOwners() == [])
            try await store.create(.record(0, of: filled), [1])
            #expect(try await store.removeStaleTemporaries(olderThan: Timestamp(seconds: 0)) == 0)
            #expect(try contents(store.path + "/packs").count == 2)
            #expect(try await store.removeStaleTemporaries(olderThan: limit) == 0)
            #expect(try contents(store.path + "/packs") == [])
            #expect(try contents(store.path + "/snapshots") == [filled.hex])
        }
    }

    @Test("tmp is made again where a copy of the repository has lost it")
    func missingTemporaries() async throws {
        try await withDirectoryStore { store in
            try FileManager.default.removeItem(atPath: store.path + "/tmp")
            #expect(try await store.removeStaleTemporaries(olderThan: Timestamp(seconds: 0)) == 0)
            try await store.create(.keyRecord(0), [1])
            #expect(try await store.read(.keyRecord(0)) == [1])
        }
    }

    @Test("a file system that keeps the primitive passes the probe, which leaves nothing behind")
    func probe() async throws {
        try await withDirectoryStore { store in
            try await store.probe()
            #expect(try contents(store.path) == ["tmp"])
            #expect(try contents(store.path + "/tmp") == [])
        }
    }

    @Test("of many stores on one directory that create one name at once, one succeeds")
    func racingStores() async throws {
        try await withDirectoryStore { first in
            for number in 0..<20 {
                let name = ObjectName.record(number, of: snapshot)
                let winners = try await withThrowingTaskGroup(of: UInt8?.self) { group in
                    for racer in 0..<8 as Range<UInt8> {
                        group.addTask { [path = first.path] in
                            let store = try await DirectoryStore.open(at: path)
                            do throws(StoreError) {
                                try await store.create(name, [racer])
                                return racer
                            } catch .exists {
                                return nil
                            }
                        }
                    }
                    return try await group.reduce(into: [UInt8]()) { if let winner = $1 { $0.append(winner) } }
                }
                #expect(winners.count == 1)
                #expect(try await first.read(name) == winners)
            }
        }
    }

    @Test("W22: of a file that is longer than its name lets it be nothing is read: it is damage")
    func overlong() async throws {
        try await withDirectoryStore { store in
            let names: [ObjectName] = [
                .repository, .keyRecord(0), .record(0, of: snapshot), .record(1, of: snapshot), .record(2, of: snapshot),
                .pack(SHA256.hash([UInt8]().span), of: snapshot), .checkpoint(snapshot), .purge(0), .probe(snapshot),
            ]
            for name in names {
                try await store.create(name, [1])
                let path = store.path + "/" + name.text
                try #require(unsafe truncate(path, name.maximumByteCount + 1) == 0)
                let error = await #expect(throws: StoreError.self) { _ = try await store.read(name) }
                guard case .damaged(name, let detail) = error else {
                    Issue.record("\(name): \(String(describing: error))")
                    continue
                }
                #expect(detail.contains("\(name.maximumByteCount + 1) bytes"), "\(detail)")
                #expect(
                    await store.read(each: [name], isReliedOn: false).allSatisfy {
                        $0 == .failure(.damaged(name, detail: detail))
                    })
                #expect(try await store.read(name, range: 0..<2) == [1, 0])
            }
        }
    }
}
