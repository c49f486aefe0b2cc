import Foundation
import Holdfast
import HoldfastModel
import HoldfastPages
import Testing

private typealias Case = ReportFixture

@Suite("The keys page")
struct KeysPageTests {
    private static func html(_ report: KeysReport) -> String { KeysPage(report, version: "holdfast test").html }

    private static let reports: [(name: String, report: KeysReport)] = {
        var unread = Case.reading([Case.snapshot(1, [Case.K1])])
        unread.clusters[0].problem = "unreachable"
        var foreign = Case.reading()
        foreign.clusters[0].keyLog?.append(.init(n: 4, at: Case.now, by: "test", event: .roster([Case.id(9)])))
        foreign.gone = [Case.id(8)]
        return [
            ("the demonstration", KeysReport.demo), ("a sound project", Case.report(Case.reading([Case.snapshot(1, [Case.K1])]))),
            ("nothing at all", Case.report(ProjectReading(clusters: [], keys: [:]))),
            ("a repository unread", Case.report(unread)),
            ("a repository unconfigured", Case.report(foreign)), ("many", Case.report(many(60, snapshotsEach: 3))),
        ]
    }()

    /// Retired keys, each with snapshots of its own.
    private static func many(_ count: Int, snapshotsEach: Int) -> ProjectReading {
        let keys = (0..<count).map { Case.cmk("k:key-\(1000 + $0)") }
        let log = Case.log(keys.map { ("2027-03-01", .retire($0)) })
        let snapshots = keys.enumerated().flatMap { number, cmk in
            (0..<snapshotsEach).map { Case.snapshot(10_000 + number * 100 + $0, number % 2 == 0 ? [cmk] : [cmk, Case.K2]) }
        }
        return Case.reading(snapshots, log: log, states: Dictionary(uniqueKeysWithValues: keys.map { ($0, .enabled) }))
    }

    @Test("is well formed, and every id that it refers to is there, once", arguments: reports.indices)
    func wellFormed(number: Int) {
        let page = ParsedPage(Self.html(Self.reports[number].report))
        #expect(page.problem == nil, "\(Self.reports[number].name)")
        #expect(Set(page.ids).count == page.ids.count)
        #expect(page.references.subtracting(page.ids).isEmpty)
    }

    @Test("loads nothing and runs nothing", arguments: reports.indices)
    func selfContained(number: Int) {
        let html = Self.html(Self.reports[number].report)
        let page = ParsedPage(html)
        let foreign = ["script", "link", "img", "iframe", "object", "embed", "form", "base", "image", "foreignObject"]
        #expect(page.elements.filter { foreign.contains($0.name) }.isEmpty)
        for attribute in page.elements.flatMap(\.attributes) {
            #expect(!attribute.key.hasPrefix("on") && attribute.key != "src" && attribute.key != "style")
            if attribute.key == "href" { #expect(attribute.value.hasPrefix("#")) }
        }
        #expect(!page.style.contains("@import") && page.style.matches(of: /url\((?!#)/).isEmpty)
        #expect(!html.contains("://") && !html.contains("javascript:"))
        #expect(html.contains("default-src 'none'; style-src 'unsafe-inline'; img-src data:"))
    }

    @Test(
        "has a language, a title, one h1, headings without a gap, landmarks, and tables that name their cells",
        arguments: reports.indices)
    func structure(number: Int) {
        let page = ParsedPage(Self.html(Self.reports[number].report))
        #expect(page.all("html").first?.attributes["lang"] == "en" && page.all("title").count > 0)
        #expect(["header", "main", "footer", "nav", "h1"].allSatisfy { page.all($0).count == 1 })
        let levels = page.elements.compactMap { $0.name.firstMatch(of: /^h([1-6])$/).flatMap { Int($0.output.1) } }
        #expect(zip(levels, levels.dropFirst()).allSatisfy { $1 <= $0 + 1 } && levels.first == 1)
        #expect(page.all("table").count == page.all("caption").count)
        #expect(page.all("th").allSatisfy { ["col", "row"].contains($0.attributes["scope"]) })
        let drawings = page.all("svg").filter { $0.attributes["role"] == "img" }
        #expect(drawings.count == Self.reports[number].report.keys.count)
        #expect(drawings.allSatisfy { $0.attributes["aria-labelledby"] != nil && $0.attributes["aria-describedby"] != nil })
        #expect(page.elements.first { $0.name == "a" }?.attributes["href"] == "#answer")
    }

    @Test("names every CMK with its whole URI and no two alike, in the time line and in a section", arguments: reports.indices)
    func allKeys(number: Int) {
        let (page, report) = (ParsedPage(Self.html(Self.reports[number].report)), Self.reports[number].report)
        for (index, key) in report.keys.enumerated() {
            #expect(page.text.contains(key.cmk.uri), "\(key.cmk)")
            #expect(page.ids.contains("key-\(index)") && page.ids.contains("line-\(index)-title"))
        }
    }

    @Test("the headline is the answer")
    func headlines() {
        let needed = [Case.snapshot(1, [Case.K1])]
        var unread = Case.reading()
        unread.clusters[0].problem = "unreachable"
        let superseded = KeyLog(
            [(0, Case.K1), (1, Case.K2)].map { .init(n: $0, at: Case.now, by: "test", event: .activate($1)) })
        let cases: [(KeysReport, String)] = [
            (Case.report(Case.reading()), "1 key can go now"), (.demo, "2 keys can go now, together"),
            (Case.report(Case.reading(needed)), "No key can go now"),
            (Case.report(Case.reading(needed, states: [Case.K3: .enabled])), "No key can go now"),
            (Case.report(Case.reading(log: superseded)), "1 key can go once it is retired"),
            (Case.report(unread), "No key can be called free: part could not be read"),
        ]
        for (report, headline) in cases {
            #expect(Self.html(report).contains(#"<h2 id="answer-heading">\#(headline)</h2>"#), "\(headline)")
        }
    }

    @Test("what could not be read is said at the top, and what is whole says nothing of it")
    func loudness() throws {
        var unread = Case.reading()
        unread.clusters[0].problem = "unreachable"
        let html = Self.html(Case.report(unread))
        let warning = try #require(html.range(of: "Not everything could be read"))
        let counts = try #require(html.range(of: #"<dl class="counts">"#))
        #expect(warning.lowerBound < counts.lowerBound)
        #expect(!Self.html(Case.report(Case.reading())).contains("Not everything could be read"))
    }

    @Test("a critical alert stands beside the answer, and nothing does where there is none")
    func danger() throws {
        let html = Self.html(.demo)
        let danger = try #require(html.range(of: #"<p class="danger"><b>1 critical alert:</b>"#))
        #expect(danger.lowerBound < (try #require(html.range(of: #"<dl class="counts">"#))).lowerBound)
        #expect(!Self.html(Case.report(Case.reading())).contains(#"class="danger""#))
    }

    @Test("says that it is not proven, how to prove it, and what it cannot know", arguments: reports.indices)
    func limits(number: Int) {
        let text = ParsedPage(Self.html(Self.reports[number].report)).text
        for words in ["As far as the store tells", "--prove", "Other uses of a key", "Copies of the store"] {
            #expect(text.contains(words))
        }
    }

    @Test("the kinds of date differ in word and in pattern")
    func kinds() throws {
        let html = Self.html(.demo)
        for (word, pattern) in [
            ("exact: ", "bar exact"), ("projected: ", "bar projected"), ("waiting: ", "bar waiting"), ("no end", "bar never"),
            ("not known", "bar unknown"),
        ] {
            #expect(html.contains(word) && html.contains(#"class="\#(pattern)""#), "\(pattern)")
        }
        var unread = Case.reading([Case.snapshot(1, [Case.K1])])
        unread.clusters[0].snapshots[1].problem = "damaged"
        let partial = Self.html(Case.report(unread))
        #expect(partial.contains("not before 2027-08-08") && partial.contains(#"class="bar not-before""#))
    }

    @Test("of very many keys and snapshots it shows some, and counts the rest")
    func many() throws {
        let report = Case.report(Self.many(300, snapshotsEach: 8))
        let html = Self.html(report)
        let page = ParsedPage(html)
        #expect(page.problem == nil)
        #expect(html.contains("262 more keys") && html.contains("and 3 more: <code>holdfast snapshots</code>"))
        #expect(report.keys.allSatisfy { $0.snapshots.count <= 5 })
        let folded = try #require(html.range(of: #"<details class="folded">"#))
        #expect(html[..<folded.lowerBound].matches(of: /<tr role="row" class/).count == 40)
    }
}
