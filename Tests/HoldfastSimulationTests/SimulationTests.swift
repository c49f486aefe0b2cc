import Foundation
import Testing

/// The program runs as a process of its own: it puts numbers from a seed in the place of the kernel's randomness, and that must not reach
/// other tests.
@Suite("The simulation", .serialized)
struct SimulationTests {
    private struct Run {
        let status: Int32
        let output: String
    }

    private func simulate(_ arguments: String...) throws -> Run {
        let program = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
            .appending(path: "holdfast-simulation")
        let process = Process()
        process.executableURL = program
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(["SWIFT_DETERMINISTIC_HASHING": "1"]) { $1 }
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let bytes = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return Run(status: process.terminationStatus, output: String(decoding: bytes, as: UTF8.self))
    }

    @Test("a seed replays exactly, step by step and name by name, in another process as well")
    func replay() throws {
        let first = try simulate("2", "--seed", "7", "--steps", "400", "--trace")
        #expect(first.status == 0, "\(first.output.suffix(300))")
        #expect(first.output.split(separator: "\n").count > 800)
        #expect(try simulate("2", "--seed", "7", "--steps", "400", "--trace").output == first.output)
        #expect(try simulate("2", "--seed", "8", "--steps", "400", "--trace").output != first.output)
    }

    @Test("a few histories keep every promise")
    func promises() throws {
        let run = try simulate("6", "--seed", "1", "--steps", "500")
        #expect(run.status == 0, "\(run.output.suffix(300))")
    }

    @Test("a store that breaks its word is found out", arguments: ["overwrites", "hides", "forgets", "rots"])
    func brokenStore(how: String) throws {
        let run = try simulate("20", "--seed", "1", "--steps", "800", "--broken", how)
        #expect(run.status == 1, "\(run.output.suffix(300))")
        #expect(run.output.contains("BROKEN: "))
    }

    @Test("a campaign in which a kind of fault never struck says so")
    func incomplete() throws {
        let run = try simulate("1", "--seed", "1", "--steps", "50", "--complete")
        #expect(run.status == 2)
        #expect(run.output.contains("never occurred: "))
    }

    @Test("without a fixed hashing nothing is begun: it would not replay")
    func hashing() throws {
        let process = Process()
        process.executableURL = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
            .appending(path: "holdfast-simulation")
        process.environment = ProcessInfo.processInfo.environment.filter { $0.key != "SWIFT_DETERMINISTIC_HASHING" }
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus != 0)
    }
}
