import HoldfastModel
import Testing

private typealias Case = DeletionFixture

@Suite("When each CMK was active")
struct ActiveSpanTests {
    private func log(_ events: (day: String, event: KeyRecord.Event)...) -> KeyLog {
        KeyLog(events.enumerated().map { KeyRecord(n: $0, at: Case.time($1.day), by: "test", event: $1.event) })
    }

    private func span(_ cmk: CMK, _ from: String, _ to: String?) -> ActiveSpan {
        ActiveSpan(cmk: cmk, from: Case.time(from), to: to.map(Case.time))
    }

    @Test("a span ends where the next CMK becomes active, the last has no end")
    func rotation() {
        let log = log(
            ("2027-01-01", .activate(K1)), ("2027-02-01", .activate(K2)), ("2027-02-02", .retire(K1)),
            ("2027-03-01", .activate(K3)))
        #expect(
            log.activeSpans == [
                span(K1, "2027-01-01", "2027-02-01"), span(K2, "2027-02-01", "2027-03-01"), span(K3, "2027-03-01", nil),
            ])
    }

    @Test("a record that makes a retired CMK active again, or the active one, changes nothing")
    func void() {
        let log = log(
            ("2027-01-01", .activate(K1)), ("2027-02-01", .activate(K2)), ("2027-02-02", .retire(K1)),
            ("2027-03-01", .activate(K1)),
            ("2027-04-01", .activate(K2)))
        #expect(log.activeSpans == [span(K1, "2027-01-01", "2027-02-01"), span(K2, "2027-02-01", nil)])
    }

    @Test("a writer whose clock went back makes no span that ends before it begins")
    func clock() {
        let log = log(("2027-02-01", .activate(K1)), ("2027-01-01", .activate(K2)))
        #expect(log.activeSpans.first == span(K1, "2027-02-01", "2027-02-01"))
    }

    @Test("over several clusters a CMK was active where it was so in any")
    func united() {
        let spans = [
            span(K1, "2027-03-01", "2027-04-01"), span(K1, "2027-01-01", "2027-02-01"), span(K1, "2027-01-15", "2027-02-10"),
        ]
        #expect(spans.united == [span(K1, "2027-01-01", "2027-02-10"), span(K1, "2027-03-01", "2027-04-01")])
        #expect((spans + [span(K1, "2027-02-10", nil)]).united == [span(K1, "2027-01-01", nil)])
    }
}
