import Holdfast
import HoldfastModel
import HoldfastPages
import Testing

private typealias Case = ReportFixture

/// Whoever can write to the store chooses its names; the page shows them, and obeys none.
@Suite("Names that mean harm")
struct HostilePageTests {
    private static let hostile = [
        "<script>alert(1)</script>", #""><img src=x onerror=alert(1)>"#, "' onmouseover='x", "&lt;b&gt; &amp;", "]]><!--",
        // One Character each, a tag's bracket or quote and a mark: escaping by Character lets them through.
        "\u{600}<script>alert(1)</script>", "<\u{301}script>", "\"\u{301} style=\"x", "\u{110BD}<b>",
        "\u{202E}txet desrever", "\u{2066}isolated\u{2069}", "two\nlines\r\nand\u{2028}more", "\u{0}null\u{1b}[2J",
        "zero\u{200B}width",
        "\u{FEFF}\u{00AD}\u{3164}", "\u{E0001}\u{E0041}tags", "{{project}} {{{style}}} {{> page}}",
        "</title></style><style>*{display:none}",
        String(repeating: "a", count: 4000),
    ]

    /// Everything that comes from outside says `text`.
    private func report(_ text: String) -> KeysReport {
        var snapshot = Case.snapshot(1, [Case.K1], expires: nil, group: [text, text])
        (snapshot.label, snapshot.holds, snapshot.tags) = (text, [text], [text])
        var trashed = Case.snapshot(2, [Case.K1, Case.K3], group: [text, text])
        (trashed.purgeAfter, trashed.rule) = (Case.now, text)
        var unreadable = Case.snapshot(3, [])
        unreadable.problem = text
        var reading = Case.reading([snapshot, trashed, unreadable], states: [Case.K3: .unreachable])
        (reading.clusters[0].name, reading.clusters[0].problem) = (text, text)
        reading.clusters[0].openSnapshots = [.init(id: Case.id(4), position: 0), .init(id: Case.id(5), position: nil)]
        let alert = Alert(.unreadable, .critical, text, text, next: [text, "holdfast \(text)"])
        return KeysReport(project: text, reading: reading, alerts: [alert], asOf: Case.now)
    }

    private func page(_ text: String) -> ParsedPage { ParsedPage(KeysPage(report(text), version: text).html) }

    @Test("change nothing but text", arguments: hostile)
    func structure(text: String) {
        let (hostile, harmless) = (page(text), page("harmless"))
        #expect(hostile.problem == nil)
        let isSameStructure = hostile.structure == harmless.structure
        let areSameAttributes = hostile.elements.map(\.attributes) == harmless.elements.map(\.attributes)
        #expect(isSameStructure && areSameAttributes && hostile.style.count == harmless.style.count)
    }

    @Test("are shown whole", arguments: hostile.prefix(5))
    func visible(text: String) {
        #expect(page(text).text.components(of: text) > 5)
    }

    @Test("show what cannot be seen by its number, and leave nothing that steers the eye", arguments: hostile)
    func controls(text: String) {
        let html = KeysPage(report(text), version: "test").html
        let steering = html.unicodeScalars.filter { scalar in
            scalar != "\n"
                && ([.control, .format, .lineSeparator, .paragraphSeparator].contains(scalar.properties.generalCategory)
                    || scalar.properties.isDefaultIgnorableCodePoint)
        }
        #expect(steering.count == 0)
        if text.unicodeScalars.contains("\u{202E}") { #expect(html.contains("⟨U+202E⟩txet desrever")) }
        if text.unicodeScalars.contains("\n") { #expect(html.contains("two⟨U+000A⟩lines⟨U+000D⟩⟨U+000A⟩and⟨U+2028⟩more")) }
    }

    @Test(
        "of CMKs cannot become part of a tag, nor of a command",
        arguments: [#"x:"><script>"#, "x:$(reboot)/x", "x:a;b", "x:'&'", "x:<svg/onload=a>"])
    func uris(uri: String) {
        let cmk = Case.cmk(uri)
        let log = Case.log([("2027-03-01", .retire(cmk))])
        let html = KeysPage(Case.report(Case.reading(log: log, states: [cmk: .enabled])), version: "test").html
        let page = ParsedPage(html)
        #expect(
            page.problem == nil && page.all("script").isEmpty && page.all("svg").allSatisfy { $0.attributes["onload"] == nil })
        #expect(page.text.contains("holdfast keys check \(cmk.shellWord) --prove"))
        #expect(!page.text.contains("holdfast keys check \(uri)"))
    }

    @Test("of CMKs that begin or end alike are told apart")
    func names() {
        let keys = [
            "aws-kms:arn:aws:kms:us-east-1:1:key/mrk-12345678", "aws-kms:arn:aws:kms:eu-west-1:1:key/mrk-12345678",
            "k:a/12345678aaaa",
            "k:a/12345678aaab", "k:b/12345678aaab", "k:x", "k:x/x", "k:\(String(repeating: "z", count: 100))1",
            "k:\(String(repeating: "z", count: 100))2",
        ].map(Case.cmk)
        let log = Case.log(keys.map { ("2027-03-01", .retire($0)) })
        let reading = Case.reading(log: log, states: Dictionary(uniqueKeysWithValues: keys.map { ($0, .enabled) }))
        let html = KeysPage(Case.report(reading), version: "test").html
        let names = html.matches(of: /<th role="rowheader" scope="row"><a class="name" href="#key-\d+">([^<]*)<\/a>/).map {
            String($0.output.1)
        }
        #expect(names.count == keys.count + 2 && Set(names).count == names.count)
        #expect(
            names.contains("us-east-1 mrk-1234") || names.contains("us-east-1 mrk-12345678")
                || names.contains { $0.hasPrefix("us-east-1 mrk") })
    }
}

extension String {
    /// How often it holds a text.
    fileprivate func components(of text: String) -> Int { ranges(of: text).count }
}
