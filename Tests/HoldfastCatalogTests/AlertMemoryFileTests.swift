import GRDB
import HoldfastCatalog
import HoldfastModel
import Testing

@Suite("What is remembered of alerts")
struct AlertMemoryFileTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    @Test("an alert that nobody could be told is remembered as such")
    func untold() throws {
        let memory = AlertMemoryFile(at: directory.file("state/alerts.sqlite"))
        let time = Timestamp(seconds: 1_800_000_000)
        let untold: AlertRound.Memory = [
            .init(kind: .unreadable, subject: "shop"): .init(level: nil, message: "m", since: time, toldAt: time)
        ]
        try memory.write(untold)
        #expect(try memory.read() == untold)
    }

    @Test("a time that no calendar has is damage, and not a crash", arguments: ["since", "told"])
    func oddTime(column: String) throws {
        let path = directory.file("state/alerts.sqlite")
        let memory = AlertMemoryFile(at: path)
        let time = Timestamp(seconds: 1_800_000_000)
        let told: AlertRound.Memory = [
            .init(kind: .unreadable, subject: "shop"): .init(level: .critical, message: "m", since: time, toldAt: time)
        ]
        try memory.write(told)
        #expect(try memory.read() == told)
        try DatabaseQueue(path: path).write { try $0.execute(sql: "UPDATE alert SET \(column) = 9223372036854775807") }
        #expect(throws: WitnessError.damaged(path: path, detail: "a row that no holdfast writes")) { try memory.read() }
    }
}
