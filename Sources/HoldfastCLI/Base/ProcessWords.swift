import Glibc
import HoldfastModel

/// What this process was called with, byte for byte. Swift repairs what is not UTF-8, and so makes the name of something else of it.
package struct ProcessWords: Sendable {
    /// Of those whose values are names and paths.
    private static let variables = [
        "HOLDFAST_PROJECT", "HOLDFAST_CLUSTER", "HOLDFAST_PASSPHRASE_FILE", "CREDENTIALS_DIRECTORY", "XDG_CONFIG_HOME",
        "XDG_STATE_HOME", "XDG_CACHE_HOME", "HOME", "TMPDIR",
    ]

    private let arguments: [[UInt8]]
    private let environment: [[UInt8]]

    /// `environment`: `NAME=value`, each.
    package init(arguments: [[UInt8]], environment: [[UInt8]]) {
        self.arguments = arguments
        self.environment = environment
    }

    /// From memory: a process that is not dumpable is not shown its own environment in `/proc` unless it is root's.
    static var ofThisProcess: ProcessWords {
        var arguments: [[UInt8]] = []
        for index in 0..<Int(CommandLine.argc) {
            guard let argument = unsafe CommandLine.unsafeArgv[index] else { continue }
            arguments.append(unsafe bytes(of: argument))
        }
        var environment: [[UInt8]] = []
        for name in variables {
            guard let value = unsafe getenv(name) else { continue }
            environment.append(Array("\(name)=".utf8) + (unsafe bytes(of: value)))
        }
        return ProcessWords(arguments: arguments, environment: environment)
    }

    private static func bytes(of text: UnsafePointer<CChar>) -> [UInt8] {
        unsafe UnsafeRawBufferPointer(start: text, count: strlen(text)).map(\.self)
    }

    package func requireText() throws(Failure) {
        if let argument = arguments.first(where: { !Self.isText($0) }) {
            throw Failure(
                .usage, "an argument is not UTF-8, and would be taken for another name", Self.escaped(argument),
                "name the directory above it, and choose in there with patterns, in which ? is any one byte")
        }
        for variable in environment where !Self.isText(variable) {
            guard let name = Self.variables.first(where: { variable.starts(with: Array("\($0)=".utf8)) }) else { continue }
            throw Failure(
                .usage,
                sentence: "the variable \(name) is not UTF-8, and would be taken for another path: \(Self.escaped(variable))",
                about: name, "set it to a path that is")
        }
    }

    private static func isText(_ word: [UInt8]) -> Bool { String(validating: word, as: UTF8.self) != nil }

    /// For people: what is not printable ASCII as `\xNN`.
    private static func escaped(_ word: [UInt8]) -> String {
        word.map { byte in
            (0x20..<0x7F).contains(byte) ? String(UnicodeScalar(byte)) : "\\x" + Hex.encode([byte])
        }.joined()
    }
}
