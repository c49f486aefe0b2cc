import Foundation
import Testing

/// Holds `docs/SECURITY.md` to what it says is shown: a test that is renamed or taken away is missed there.
@Suite("The page on security")
struct SecurityPageTests {
    /// What the page says shows something: a suite, or a script, and what in it does.
    struct Evidence: Hashable, CustomTestStringConvertible {
        let place: String
        let sentence: String

        var testDescription: String { "\(place) \(sentence)" }
    }

    /// The attacks that the format's rules answer.
    static let attacks = (Array(1...15) + [19] + Array(21...25)).map { "W\($0)" }

    private let page: [Substring]

    init() throws {
        let text = try String(contentsOf: LayeringTests.root.appending(path: "docs/SECURITY.md"), encoding: .utf8)
        page = text.split(separator: "\n")
    }

    private static func evidence(in line: Substring) -> [Evidence] {
        line.matches(of: /`([A-Za-z0-9\/-]+)` \*([^*]+)\*/).map {
            Evidence(place: String($0.output.1), sentence: String($0.output.2))
        }
    }

    @Test("every attack has a rule, and a test that shows it")
    func attacks() {
        for attack in Self.attacks {
            let rows = page.filter { $0.hasPrefix("| \(attack) |") }
            #expect(rows.count == 1, "\(attack)")
            #expect(rows.contains { !Self.evidence(in: $0).isEmpty }, "nothing shows \(attack)")
        }
        let owed = page.filter { $0.contains(/^\| [1-8] [A-Z]/) }
        #expect(owed.count == 8)
    }

    @Test("every test and script that the page names is there, and says what it is named for")
    func evidence() throws {
        let named = Set(page.flatMap(Self.evidence))
        #expect(named.count >= 60)
        for evidence in named {
            let text = try source(of: evidence.place)
            let isThere =
                evidence.place.hasPrefix("scripts/")
                ? text.contains(evidence.sentence) : text.contains("\"\(evidence.sentence)\"")
            #expect(isThere, "\(evidence.place) has no '\(evidence.sentence)'")
        }
    }

    @Test("every test that is named for an attack stands on the page")
    func completeness() {
        let named = Set(page.flatMap(Self.evidence).map(\.sentence))
        for file in LayeringTests.tests where file.name != "SecurityPageTests" {
            for line in file.lines {
                for match in line.matches(of: /"(W[0-9]+[:,][^"]*)"/) {
                    #expect(named.contains(String(match.output.1)), "\(file.path)")
                }
            }
        }
    }

    /// A suite's file, or a script with what it is made of.
    private func source(of place: String) throws -> String {
        guard place.hasPrefix("scripts/") else {
            return LayeringTests.tests.first { $0.name == place }?.lines.joined(separator: "\n") ?? ""
        }
        var text = try String(contentsOf: LayeringTests.root.appending(path: place), encoding: .utf8)
        guard place == "scripts/scenario-test" else { return text }
        let folder = LayeringTests.root.appending(path: "scripts/scenarios")
        for file in try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        where file.pathExtension == "py" {
            text += try String(contentsOf: file, encoding: .utf8)
        }
        return text
    }
}
