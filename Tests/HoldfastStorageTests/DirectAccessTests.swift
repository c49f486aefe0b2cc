import Glibc
import HoldfastCrypto
import HoldfastModel
import HoldfastStorage
import Testing

/// Objects of a megabyte and more are written and read past the page cache.
@Suite struct DirectAccessTests {
    private static let megabyte = 1 << 20

    @Test(
        "an object reads back whole, whatever its length is beside blocks",
        arguments: [-1, 0, 1, 4095, 4096, 4097, megabyte - 1, megabyte, megabyte + 4096, 3 * megabyte + 511].map { megabyte + $0 }
    )
    func lengths(byteCount: Int) async throws {
        let bytes = Self.pattern(byteCount)
        try await withDirectoryStore { store in
            try await store.create(name, bytes)
            #expect(try await store.read(name) == bytes)
        }
    }

    @Test("ranges read back, wherever they begin and end beside blocks, and a range past the end is damage") func ranges()
        async throws
    {
        let bytes = Self.pattern(5 * Self.megabyte + 777)
        try await withDirectoryStore { store in
            try await store.create(name, bytes)
            for start in [0, 1, 4095, 4096, 4097, Self.megabyte - 1, Self.megabyte + 3] {
                for count in [Self.megabyte, Self.megabyte + 1, 2 * Self.megabyte + 4095, bytes.count - start] {
                    let range = start..<(start + count)
                    #expect(try await store.read(name, range: range) == Array(bytes[range]), "\(range)")
                }
            }
            await #expect(throws: StoreError.self) { try await store.read(name, range: 777..<(bytes.count + 1)) }
        }
    }

    @Test("a file system without direct access takes it as well") func memoryFileSystem() async throws {
        let bytes = Self.pattern(3 * Self.megabyte + 17)
        let path = "/dev/shm/holdfast-direct-\(getpid())"
        let store = try await DirectoryStore.create(at: path)
        try await store.create(name, bytes)
        #expect(try await store.read(name) == bytes)
        try RestoreTarget(directory: "/dev/shm").remove(Array(path.utf8.dropFirst("/dev/shm/".utf8.count)))
    }

    @Test("what is taken in parts is no object until it is created, and nothing is left of what never is") func growing()
        async throws
    {
        let bytes = Self.pattern(Self.megabyte + 1)
        try await withTemporaryDirectory { path in
            let store = try await DirectoryStore.create(at: path)
            var object = try #require(store.begin())
            #expect(try contents(path + "/tmp").isEmpty)
            try await object.append(bytes)
            #expect(try await store.stat(name) == nil)
            #expect(try contents(path + "/tmp").count == 1)
            try await object.create(name)
            #expect(try await store.read(name) == bytes)
            object = try #require(store.begin())
            try await object.append([1])
            await #expect(throws: StoreError.exists(name)) { try await object.create(name) }
            #expect(try await store.read(name) == bytes)
            object = try #require(store.begin())
            #expect(try contents(path + "/tmp").isEmpty)
        }
    }

    @Test(
        "parts come one behind the other, whatever their lengths are beside blocks",
        arguments: [[2, 1], [1], [2, 0]].flatMap { parts in [-1, 0, 1, 777].map { (parts, $0) } })
    func parts(megabytes: [Int], more: Int) async throws {
        try await withDirectoryStore { store in
            let all = Self.longest
            var expected: [UInt8] = []
            let object = try #require(store.begin())
            for (index, count) in megabytes.enumerated() {
                let isLast = index == megabytes.count - 1
                let part = Array(all.prefix(max(0, count * Self.megabyte + (isLast ? more : 0))))
                try await object.append(part)
                expected += part
            }
            // One more behind an end that is no block's.
            let last = Array(all.prefix(Self.megabyte + 3))
            try await object.append(last)
            try await object.create(name)
            #expect(try await store.read(name) == expected + last)
        }
    }

    private static let longest = pattern(2 * megabyte + 777)
    private let name = ObjectName.pack(SHA256.hash([UInt8](repeating: 1, count: 1).span), of: Random.id())

    private static func pattern(_ byteCount: Int) -> [UInt8] {
        (0..<byteCount).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ ($0 >> 12) &* 7 &+ ($0 >> 20) &* 13) }
    }
}
