import Foundation
import HoldfastCLI
import HoldfastFormat
import Testing

@Suite("The policies in docs/iam")
struct PolicyDocumentTests {
    private static let directory = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "docs/iam")

    private static func stored(_ name: String) throws -> JSONObject {
        try JSONObject.parse([UInt8](Data(contentsOf: directory.appending(path: name))))
    }

    private static func run(_ arguments: String...) async -> (text: String, status: Status) {
        let line = CommandLineRun()
        let command = ["keys", "access", "policy", "--project", "example.yaml"] + arguments
        let status = await line.run(command, in: directory.path)
        return (line.out, status)
    }

    @Test("are what the command prints for the example beside them: scripts/iam-docs writes them anew")
    func same() async throws {
        let printed = await Self.run("--json")
        #expect(printed.status == .done)
        let said = try JSONObject.parse(Array(printed.text.utf8))
        #expect(try said.object("trust_policy") == Self.stored("trust-policy.json"))
        #expect(try said.object("key_policy") == Self.stored("key-policy.json"))
        let roles = try said.objects("roles")
        for role in roles {
            let name = try role.string("role")
            #expect(try role.object("policy") == Self.stored("\(name).json"), "\(name)")
            #expect(try role.string("arn") == "arn:aws:iam::111122223333:role/holdfast-\(name)")
        }
        let names = try FileManager.default.contentsOfDirectory(atPath: Self.directory.path).filter { $0.hasSuffix(".json") }
        #expect(names.count == roles.count + 2, "a policy that no role has: \(names)")
    }

    @Test("are pasted from the text as they are")
    func text() async throws {
        let printed = await Self.run("--for", "restore")
        let parts = printed.text.split(separator: "\n\n").map { $0.drop { $0 != "\n" } }
        let policies = try parts.map { try JSONObject.parse(Array($0.utf8)) }
        #expect(policies.count == 3)
        #expect(try policies[0] == Self.stored("trust-policy.json") && policies[1] == Self.stored("restore.json"))
    }

    @Test("fit into what IAM takes: 6,144 characters for a managed policy")
    func length() async throws {
        for name in try FileManager.default.contentsOfDirectory(atPath: Self.directory.path) where name.hasSuffix(".json") {
            let count = try Self.stored(name).serialized.count
            #expect(count < 6_144, "\(name): \(count)")
        }
    }

    @Test("need a role's own name only where there is one of them")
    func usage() async throws {
        #expect(await Self.run("--role", "arn:aws:iam::111122223333:role/r").status == .usage)
        let one = await Self.run("--for", "host", "--role", "arn:aws:iam::111122223333:role/r", "--node", "db1", "--json")
        #expect(one.status == .done && one.text.contains(":role/r\"") && one.text.contains("holdfast:node"))
    }
}
