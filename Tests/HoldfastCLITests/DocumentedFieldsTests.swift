import Foundation
import HoldfastCLI
import Testing

@Suite("The JSON of a command")
struct DocumentedFieldsTests {
    /// Each with what it is run with; `ID` is a snapshot, `URI` a CMK that nothing needs; `·` is a blank.
    private static let commands = [
        "snapshots", "stats", "status", "ls latest:/ -R", "find a", "diff ID latest", "check", "check --read-data",
        "restore latest --target ./out", "restore latest --target ./out -n", "drill", "drill --snapshot ID", "prune",
        "run --node n --dry-run", "run --node n",
        "backup source", "hold add case-7 ID", "hold list", "hold release case-7", "policy show", "policy check",
        "policy apply --existing --dry-run", "policy simulate", "compliance on --min-keep 1·days",
        "snapshots expire ID --at 2099-01-01", "forget ID --dry-run", "unlock", "catalog rebuild", "version", "keys list",
        "keys check", "keys check URI", "keys check --prove URI", "keys audit", "keys report --html keys.html",
        "keys rewrap --from URI --to ACTIVE --dry-run", "keys retire URI", "keys disable URI", "keys enable URI",
        "keys delete URI", "keys cancel-deletion URI", "keys create x",
    ]

    /// Help that sends its reader on to that of others.
    private static let references = [
        "find": ["ls"], "run": ["backup", "prune", "keys audit", "keys check"], "keys audit": ["keys check"],
        "keys report": ["keys check"],
    ]

    @Test("has no field that its help does not tell of")
    func documented() async throws {
        let project = try await ProjectRun()
        let status = try await project.run("status", "--json").out
        let active = try #require(status.firstMatch(of: /local:[0-9a-f\/]+/).map { String($0.output) })
        let id = try await project.backUp("source")
        let uri = try await project.run("keys", "create").out.trimmingCharacters(in: .whitespacesAndNewlines)
        try FileManager.default.createSymbolicLink(atPath: project.path + "/source/link", withDestinationPath: "a")
        let names = ["ID": id, "URI": uri, "ACTIVE": active]
        for command in Self.commands {
            let words: [String] = command.split(separator: " ").map { word in
                names[String(word)] ?? word.replacing("·", with: " ").description
            }
            let run = try await project.run(words + ["--json"])
            #expect(run.status == .done || run.status == .unproven, "\(command): \(run.error)")
            let name = Self.name(of: words)
            var help = try await project.run(name + ["--help"]).out
            for other in Self.references[name.joined(separator: " ")] ?? [] {
                #expect(help.contains(other) || other == "keys check", "\(command)")
                help += try await project.run(other.split(separator: " ").map(String.init) + ["--help"]).out
            }
            let untold = try Self.untold(in: run.out, by: help)
            #expect(untold.isEmpty, "\(command): \(untold)")
        }
    }

    /// The fields of JSON lines that a help text does not name.
    static func untold(in lines: String, by help: String) throws -> [String] {
        let told = Set(help.split { !$0.isLetter && $0 != "_" }.map(String.init))
        return try lines.split(separator: "\n").flatMap { line in
            fields(of: try JSONSerialization.jsonObject(with: Data(line.utf8))).filter { !told.contains($0) }
        }.sorted()
    }

    private static func name(of words: [String]) -> [String] {
        let hasSubcommand =
            ["keys", "hold", "policy", "compliance", "catalog"].contains(words[0]) || words.dropFirst().first == "expire"
        return Array(words.prefix(hasSubcommand ? 2 : 1))
    }

    /// Every member's name, at any depth; CMKs that stand for names are none.
    private static func fields(of value: Any) -> Set<String> {
        switch value {
        case let list as [Any]: list.reduce(into: []) { $0.formUnion(fields(of: $1)) }
        case let object as [String: Any]:
            object.reduce(into: Set(object.keys.filter { !$0.contains(":") })) { $0.formUnion(fields(of: $1.value)) }
        default: []
        }
    }
}
