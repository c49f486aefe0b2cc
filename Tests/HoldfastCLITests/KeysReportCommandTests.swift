import Foundation
import HoldfastCLI
import Testing

@Suite("The command that writes the keys page")
struct KeysReportCommandTests {
    private let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "keys-report-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    private func run(_ arguments: String...) async -> (run: CommandLineRun, status: Status) {
        let run = CommandLineRun()
        return (run, await run.run(["keys", "report"] + arguments, in: folder.path))
    }

    @Test("needs to be told where the page goes, and without --demo a project")
    func usage() async {
        #expect(await run("--demo").status == .usage)
        let (noProject, status) = await run("--html", "keys.html")
        #expect(status == .usage && noProject.error.contains("no project file"))
    }

    @Test("the demonstration needs no project and puts a page in place of what was there")
    func demo() async throws {
        let file = folder.appending(path: "keys.html")
        try Data("old".utf8).write(to: file)
        let (written, status) = await run("--demo", "--html", "keys.html", "--json")
        #expect(status == .done)
        #expect(written.out.hasPrefix(#"{"message_type":"keys_report","file":"keys.html","demo":true,"complete":false,"#))
        #expect(try String(contentsOf: file, encoding: .utf8).hasPrefix("<!DOCTYPE html>"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["keys.html"])
        try FileManager.default.removeItem(at: folder)
    }

    @Test("a file that cannot be written is named, and the run has failed")
    func unwritable() async throws {
        let (failed, status) = await run("--demo", "--html", "missing/keys.html")
        #expect(status == .failed && failed.error.contains("missing/keys.html: "))
        try FileManager.default.removeItem(at: folder)
    }

    @Test("its help has an example and the JSON")
    func help() async throws {
        let (help, status) = await run("--help")
        #expect(
            status == .done && help.out.contains("Example: holdfast keys report --html")
                && help.out.contains("JSON: {message_type"))
        try FileManager.default.removeItem(at: folder)
    }
}
