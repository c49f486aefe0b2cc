import Holdfast
import HoldfastModel
import HoldfastPages
import Testing

private typealias Case = ReportFixture

@Suite("The time line")
struct TimeLineTests {
    private struct Bar {
        let kind: String
        let start: Double
        let width: Double
    }

    /// The bars of each row, in order.
    private func rows(_ report: KeysReport) -> [[Bar]] {
        var rows: [[Bar]] = []
        for element in ParsedPage(KeysPage(report, version: "test").html).elements {
            if element.attributes["class"] == "row" { rows.append([]) }
            guard element.name == "rect", !rows.isEmpty, let kind = element.attributes["class"], kind.hasPrefix("bar ") else {
                continue
            }
            rows[rows.count - 1].append(
                Bar(
                    kind: String(kind.dropFirst(4)), start: number(element.attributes["x"]),
                    width: number(element.attributes["width"])))
        }
        return rows
    }

    private func number(_ text: String?) -> Double { text.flatMap { Double($0.dropLast()) } ?? .nan }

    @Test("bars are to scale: active for a month, needed for seven")
    func scale() throws {
        let report = Case.report(Case.reading([Case.snapshot(1, [Case.K1])]))
        let row = try #require(rows(report).first)
        let (need, active) = (try #require(row.first), try #require(row.last))
        #expect(row.map(\.kind) == ["exact", "active"] && need.start == active.start)
        // 1 January to 1 February, and to 8 August.
        #expect(abs(need.width / active.width - 219.0 / 31) < 0.05)
        #expect(rows(report).joined().allSatisfy { $0.start >= 0 && $0.start + $0.width <= 100.001 })
    }

    @Test("the kind of date decides the bar")
    func kinds() throws {
        var held = Case.snapshot(1, [Case.K1])
        held.holds = ["case-7"]
        #expect(rows(Case.report(Case.reading([held]))).first?.first?.kind == "never")
        let open = Case.report(Case.reading([Case.snapshot(1, [Case.K1])]))
        #expect(rows(open).last?.map(\.kind) == ["waiting", "active"])
        let unknown = Case.reading([Case.snapshot(1, [Case.K1, Case.K3])], states: [Case.K3: .unreachable])
        #expect(try rows(Case.report(unknown))[row(of: Case.K1, in: unknown)].first?.kind == "unknown")
        var unread = Case.reading()
        (unread.clusters[0].keyLog, unread.clusters[0].snapshots, unread.clusters[0].problem) = (nil, [], "unreachable")
        #expect(rows(Case.report(unread)).map { $0.map(\.kind) } == [["unknown"], ["unknown"]])
        #expect(rows(Case.report(Case.reading())).first?.map(\.kind) == ["active"])
    }

    private func row(of cmk: CMK, in reading: ProjectReading) throws -> Int {
        try #require(Case.report(reading).keys.firstIndex { $0.cmk == cmk })
    }

    @Test(
        "dates that nobody can mean neither stop it nor squeeze the rest", arguments: ["9999-12-31", "2500-01-01", "0001-01-01"])
    func absurd(day: String) throws {
        var snapshot = Case.snapshot(1, [Case.K1], expires: day)
        snapshot.time = Case.time("0001-01-01")
        let log = Case.log([(day, .retire(Case.K3)), (day, .scheduled(Case.K3, date: Case.time("9999-12-31")))])
        let report = Case.report(Case.reading([snapshot], log: log, states: [Case.K3: .enabled]))
        let bars = rows(report).joined()
        #expect(!bars.isEmpty && bars.allSatisfy { $0.start >= 0 && $0.width >= 0.4 && $0.start + $0.width <= 100.5 })
    }
}
