import Foundation
import HoldfastCLI
import HoldfastFormat
import Testing

@Suite("The keys commands")
struct KeysTextTests {
    /// A CMK of the project's own keyring, with another last digit.
    private func mistyped(_ project: ProjectRun) async throws -> String {
        let uri = try await project.run("keys", "create", "2027").out.trimmingCharacters(in: .whitespacesAndNewlines)
        return uri.dropLast() + (uri.hasSuffix("0") ? "1" : "0")
    }

    @Test("have one answer for a mistyped CMK, exit 64, and as JSON its URI is the object")
    func unknown() async throws {
        let project = try await ProjectRun()
        let uri = try await mistyped(project)
        let commands = [
            ["check"], ["check", "--prove"], ["disable"], ["enable"], ["delete"], ["retire"], ["cancel-deletion"],
            ["rotate", "--to"],
        ]
        for command in commands {
            let run = try await project.run(["keys"] + command + [uri, "--json"])
            #expect(run.status == .usage, "\(command)")
            let message =
                "no key manager and no key log of the project knows this CMK: \(uri): see holdfast keys list; if it is yours and "
                + "not there, add it to cmks: in the project file"
            #expect(run.error == "holdfast: \(message)\n")
            // Under load a status line may come before it.
            #expect(try run.lastLine.string("message") == message)
            #expect(try run.lastLine.string("object") == uri)
        }
    }

    @Test("list shows the label, and calls new bytes new bytes")
    func list() async throws {
        let project = try await ProjectRun()
        _ = try await mistyped(project)
        let out = try await project.run("keys", "list").out
        let header = try #require(out.split(separator: "\n").first)
        #expect(header.contains("label") && header.contains("new bytes"))
        #expect(out.contains("  2027  "))
    }

    @Test("audit and list say that a keyring is damaged, which file, and what to do")
    func damagedKeyring() async throws {
        let project = try await ProjectRun()
        _ = try await project.backUp("source")
        let file = project.path + "/keyring.json"
        try Data("{".utf8).write(to: URL(filePath: file))
        let audit = try await project.run("keys", "audit", "--dry-run")
        #expect(audit.out.contains("the keyring \(file) is damaged: "), "\(audit.out)")
        #expect(audit.out.contains("put back a copy of \(file) that is whole"))
        #expect(!audit.out.contains("has not answered"))
        #expect(try await project.run("keys", "list").error.contains("the keyring \(file) is damaged"))
        let check = try await project.run("keys", "check")
        #expect(check.status == .unknown)
        #expect(check.out.contains("No answer from a key manager: the keyring \(file) is damaged"))
    }
}
