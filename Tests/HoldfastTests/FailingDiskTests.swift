import FoundationEssentials
import Glibc
import Holdfast
import HoldfastCrypto
import HoldfastModel
import HoldfastStorage
import Testing

@Suite("A directory store on a disk that fails", .enabled(if: geteuid() == 0, "needs root to mount"))
struct FailingDiskTests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    /// Lends a store on a file system of this process, if one can be mounted.
    private func withStore(_ body: (DirectoryStore, FuseMount) async throws -> Void) async throws {
        let place = scratch.path + "/disk"
        try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: false)
        guard let disk = FuseMount(at: place) else {
            print("NOT TESTED: this process may not mount a FUSE file system")
            return
        }
        try await body(try await DirectoryStore.create(at: place), disk)
        withExtendedLifetime(disk) {}
    }

    @Test(
        "a bad sector under a pack that is read past the page cache is damage to that pack",
        arguments: [ENODATA, EREMOTEIO, EILSEQ, EIO])
    func badSector(code: Int32) async throws {
        try await withStore { store, disk in
            let bytes = Random.bytes(2 << 20)
            let name = ObjectName.pack(SHA256.hash(bytes.span), of: Random.id())
            try await store.create(name, bytes)
            #expect(try await store.read(name, range: nil) == bytes)
            disk.fail(.read, on: name.text, with: code)
            for range in [nil, 0..<bytes.count] {
                let error = await #expect(throws: StoreError.self) { try await store.read(name, range: range) }
                guard case .damaged(name, _) = error else {
                    Issue.record("\(String(describing: error))")
                    continue
                }
            }
        }
    }

    @Test(
        "an inode of a known log that the disk does not read makes that log another one, and keeps no other from being told",
        arguments: ["", "/2"], [EIO, EUCLEAN])
    func badInodeOfLog(place: String, code: Int32) async throws {
        try await withStore { store, disk in
            let ids: [SnapshotID] = [Random.id(), Random.id()]
            for id in ids {
                for n in 0...2 { try await store.create(.record(n, of: id), [1]) }
            }
            let later = try await store.now() + 60
            let stamps = try await store.changedLogs(since: { [:] }, at: later).changed.compactMapValues(\.stamp)
            #expect(Set(stamps.keys) == Set(ids))
            disk.fail(.look, on: "snapshots/\(ids[0])\(place)", with: code)
            for known in [LogStamps(stamps), [:]] {
                let changed = try await store.changedLogs(since: { known }, at: later).changed
                #expect(changed[ids[0]]?.records.values.contains { $0.problem != nil } == true && changed[ids[0]]?.stamp == nil)
                #expect((changed[ids[1]] == nil) == (known[ids[1]] != nil))
            }
        }
    }

    @Test("a pack whose inode the disk does not read is listed with that, and an owner whose directory it does not read is named")
    func badInodeOfPack() async throws {
        try await withStore { store, disk in
            let owners: [SnapshotID] = [Random.id(), Random.id()].sorted()
            let names = owners.map { ObjectName.pack(SHA256.hash([1].span), of: $0) }
            for name in names { try await store.create(name, [1]) }
            disk.fail(.look, on: names[0].text, with: EIO)
            #expect(try await store.list(.packs(of: owners[0])).map { $0.problem == nil } == [false])
            #expect(try await store.list(.packs(of: owners[1])).map { $0.problem == nil } == [true])
            disk.fail(.list, on: "packs/\(owners[0])", with: EIO)
            let error = await #expect(throws: StoreError.self) { try await store.list(.packs(of: owners[0])) }
            guard case .unlisted("packs/\(owners[0])/", _) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(try await store.listPackOwners() == owners)
        }
    }

    @Test("on a file system that went read-only after an error all is read by whom nothing rests on, and by nobody else")
    func readOnly() async throws {
        try await withStore { store, disk in
            let name = ObjectName.record(0, of: Random.id())
            try await store.create(name, [1])
            disk.fail(.sync, with: EROFS)
            let reader = try await DirectoryStore.open(at: store.path, for: .telling)
            #expect(try await reader.read(name) == [1])
            #expect(try await reader.stat(name)?.byteCount == 1)
            #expect(try await reader.read(all: [name]) == [[1]])
            #expect(try await reader.list(.snapshots).map(\.name) == [name])
            let decider = try await DirectoryStore.open(at: store.path)
            let error = await #expect(throws: StoreError.self) { try await decider.read(name) }
            guard case .denied = error else { Issue.record("\(String(describing: error))"); return }
            await #expect(throws: StoreError.self) { try await reader.create(.keyRecord(0), [1]) }
        }
    }

    @Test("a log whose directory the disk does not sync is not to be relied on, and keeps no other from being read")
    func unsyncedLog() async throws {
        try await withStore { store, disk in
            let names = (0..<2).map { _ in ObjectName.record(0, of: Random.id()) }
            for name in names { try await store.create(name, [1]) }
            disk.fail(.sync, on: String(names[0].text.dropLast(2)), with: EIO)
            let read = await store.read(each: names, isReliedOn: true)
            #expect(read[1] == .success([1]))
            guard case .failure(.damaged) = read[0] else { Issue.record("\(read[0])"); return }
        }
    }

    @Test(
        "on a disk that reads and syncs nothing, what is only given back is read, and nothing else",
        arguments: [EIO, ENOSPC, EDQUOT])
    func unsynced(code: Int32) async throws {
        try await withStore { store, disk in
            let name = ObjectName.record(0, of: Random.id())
            try await store.create(name, [1])
            disk.fail(.sync, with: code)
            let reader = try await DirectoryStore.open(at: store.path, for: .givingBack)
            #expect(try await reader.read(name) == [1])
            #expect(try await reader.stat(name)?.byteCount == 1)
            #expect(await reader.read(each: [name], isReliedOn: true) == [.success([1])])
            for use in [StoreUse.deciding, .telling] {
                let other = try await DirectoryStore.open(at: store.path, for: use)
                await #expect(throws: StoreError.self) { try await other.read(name) }
            }
        }
    }
}
