import Foundation
import GRDB
import HoldfastCatalog
import HoldfastModel
import Testing

@Suite("What is remembered of drills")
struct DrillMemoryFileTests {
    private let directory: TemporaryDirectory
    private let memory: DrillMemoryFile

    init() throws {
        directory = try TemporaryDirectory()
        memory = DrillMemoryFile(at: directory.file("state/drills.sqlite"))
    }

    private func record(_ seconds: Int64, _ outcome: DrillRecord.Outcome = .passed) throws -> DrillRecord {
        let id = try #require(SnapshotID("3f2a9c0100000000000000000000000a"))
        let part = DrillPart(.bytes(ByteCount((1 << 30) + 1)), at: DrillSweep(key: .max, start: 1 << 63))
        let turns = [
            DrillRecord.Turn(snapshot: id, cmk: CMK("fake:1"), part: part, files: 3, bytes: 1 << 40, outcome: .passed),
            DrillRecord.Turn(
                snapshot: id, cmk: nil, part: DrillPart(.everything, at: DrillSweep(key: 0)), outcome: outcome,
                message: "it does not open"),
        ]
        return DrillRecord(
            at: Timestamp(seconds: seconds), coversCluster: seconds != 2, outcome: outcome, message: "m\(seconds)", turns: turns)
    }

    @Test("records come back as they were, in the order in which they were added, whatever their times")
    func records() throws {
        let records = [try record(5), try record(2, .failed), try record(3, .unfinished)]
        for record in records { try memory.add(record, sweeps: [:]) }
        #expect(try memory.read() == records)
    }

    @Test("how far a source has come is kept, and replaced; there is nothing before the first drill")
    func sweeps() throws {
        #expect(try memory.sweeps().isEmpty && memory.read().isEmpty)
        try memory.add(try record(1), sweeps: ["n/a": DrillSweep(key: .max, start: 1), "n/b": DrillSweep(key: 2)])
        try memory.add(try record(2), sweeps: ["n/a": DrillSweep(key: .max, start: .max)])
        #expect(try memory.sweeps() == ["n/a": DrillSweep(key: .max, start: .max), "n/b": DrillSweep(key: 2)])
    }

    @Test("a file that is no memory is told as damaged, and not begun anew")
    func damage() throws {
        try memory.add(try record(1), sweeps: [:])
        try TemporaryDirectory.write([UInt8](repeating: 7, count: 4096), to: directory.file("state/drills.sqlite"))
        #expect(throws: DrillMemoryError.self) { try memory.read() }
        #expect(throws: DrillMemoryError.self) { try memory.add(try record(2), sweeps: [:]) }
    }

    @Test("figures and times that no drill has are damage, or as much as there can be, and never a crash")
    func oddFigures() throws {
        try memory.add(try record(1), sweeps: [:])
        let database = try DatabaseQueue(path: directory.file("state/drills.sqlite"))
        try database.write { try $0.execute(sql: "UPDATE turn SET files = 9223372036854775807, bytes = 9223372036854775807") }
        for _ in 0..<2 {
            try database.write { try $0.execute(sql: "INSERT INTO turn SELECT * FROM turn") }
        }
        let read = try #require(try memory.read().first)
        #expect(read.turns.count == 8 && read.files == .max && read.bytes == .max)
        try database.write { try $0.execute(sql: "UPDATE drill SET at = -9223372036854775808") }
        #expect(throws: DrillMemoryError.self) { try memory.read() }
    }

    @Test("what failed since the last drill of the whole cluster that passed is not forgotten, however many showed nothing since")
    func remembered() throws {
        let records = [try record(3), try record(4), try record(5, .failed), try record(2, .passed), try record(6, .unfinished)]
        for record in records { try memory.add(record, sweeps: [:]) }
        let empty = DrillRecord(at: Timestamp(seconds: 7), coversCluster: true, outcome: .unfinished)
        try memory.add(empty, sweeps: [:])
        // As though a thousand had run since.
        let database = try DatabaseQueue(path: directory.file("state/drills.sqlite"))
        try database.write { try $0.execute(sql: "UPDATE sqlite_sequence SET seq = 2000 WHERE name = 'drill'") }
        try memory.add(empty, sweeps: [:])
        let standing = try memory.read()
        #expect(standing == [records[1], records[2], empty])
        #expect(DrillHistory(standing).failing == records[2] && DrillHistory(standing).owed.count == 1)
        #expect(DrillHistory(standing).passed(by: Timestamp(seconds: 2000)) == records[1])
        try memory.add(try record(8), sweeps: [:])
        #expect(try memory.read().count == 2)
    }
}
