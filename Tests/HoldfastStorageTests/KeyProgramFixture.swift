import FoundationEssentials
import Glibc
import HoldfastCrypto
import HoldfastFormat
import HoldfastModel
import HoldfastStorage

/// A directory of its own for a program that keeps keys, and the programs that tests make up.
final class KeyProgramFixture: Sendable {
    /// The example of `docs/`.
    static let example = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "docs/examples/openssl-key-manager").path

    let directory = FileManager.default.temporaryDirectory.path + "/programs-\(Hex.encode(Random.bytes(8)))"

    init() throws { try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true) }

    deinit {
        do { try FileManager.default.removeItem(atPath: directory) } catch { print("left behind: \(directory)") }
    }

    /// The example's keys, in this directory.
    var openssl: ExecKeyManager { manager([Self.example, directory]) }

    func manager(_ command: [String], seconds: Int64 = 60) -> ExecKeyManager {
        ExecKeyManager(programs: ["p": KeyProgramSettings(command: command, secondsAtMost: seconds)]) {
            Timestamp(seconds: 1_800_000_000)
        }
    }

    /// A program that reads its request into the file `request` and does what the script says.
    func manager(script: String, seconds: Int64 = 60) throws -> ExecKeyManager {
        let path = "\(directory)/program"
        try Data("#!/bin/sh\ncat > \(directory)/request\n\(script)\n".utf8).write(to: URL(filePath: path))
        guard unsafe chmod(path, 0o755) == 0 else { throw CocoaError(.fileWriteNoPermission) }
        // Not the file itself: another test that forks just now may hold it open for writing, and Linux would call it busy.
        return manager(["/bin/sh", path], seconds: seconds)
    }

    /// A program that answers this, whatever it is asked.
    func manager(answering answer: String) throws -> ExecKeyManager {
        try manager(script: "cat <<'END'\n\(answer)\nEND")
    }

    var request: JSONObject {
        get throws { try JSONObject.parse(Array(Data(contentsOf: URL(filePath: "\(directory)/request")))) }
    }

    /// A new CMK of the example.
    func createCMK(_ label: String) throws -> CMK {
        let output = "\(directory)/created"
        let descriptor = unsafe open(output, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        defer { close(descriptor) }
        let process = try ChildProcess.spawn([Self.example, directory, "create", label], output: descriptor)
        let status = ChildProcess.wait(for: process)
        let json = try JSONObject.parse(Array(Data(contentsOf: URL(filePath: output))))
        guard status == 0, let cmk = CMK("exec:p/\(try json.string("key"))") else { throw CocoaError(.fileReadUnknown) }
        return cmk
    }
}
