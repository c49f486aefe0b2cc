/// What the search for credentials looks at: so that a test can say all of it.
package struct CredentialSurroundings: Sendable {
    /// The process's environment.
    package let variables: [String: String]
    /// The bytes of a file; nil where there is none. Throws a text where it cannot be read.
    package let read: @Sendable (String) throws(FileProblem) -> [UInt8]?
    /// Runs a profile's `credential_process` and gives its standard output.
    package let run: @Sendable (String) async throws(FileProblem) -> [UInt8]
    package let transport: any HTTPTransport
    package let timing: RequestTiming

    /// Why a file or a program gave nothing.
    package struct FileProblem: Error, Hashable, Sendable {
        package let detail: String
        package init(detail: String) { self.detail = detail }
    }

    package init(
        variables: [String: String], transport: any HTTPTransport, timing: RequestTiming,
        read: @escaping @Sendable (String) throws(FileProblem) -> [UInt8]?,
        run: @escaping @Sendable (String) async throws(FileProblem) -> [UInt8]
    ) {
        self.variables = variables
        self.transport = transport
        self.timing = timing
        self.read = read
        self.run = run
    }

    /// A variable that is set, and not to nothing.
    func variable(_ name: String) -> String? { variables[name].flatMap { $0.isEmpty ? nil : $0 } }

    /// A path below the home directory; nil where there is no home.
    func home(_ path: String) -> String? { variable("HOME").map { $0 + "/" + path } }

    /// `~/…` with the home directory in its place.
    func expanded(_ path: String) -> String { path.hasPrefix("~/") ? home(String(path.dropFirst(2))) ?? path : path }

    /// The text of a file that must be there, without white space at its ends.
    func text(_ path: String, source: String) throws(CredentialError) -> String {
        let bytes: [UInt8]?
        do throws(FileProblem) { bytes = try read(path) } catch { throw .unusable(source, detail: "\(path): \(error.detail)") }
        guard let bytes else { throw .unusable(source, detail: "the file \(path) is not there") }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .unusable(source, detail: "\(path) is not UTF-8") }
        return text.trimmed
    }
}

extension StringProtocol {
    /// Without blanks and line ends at both ends.
    var trimmed: String {
        let start = drop { $0.isWhitespace }
        return String(start.reversed().drop { $0.isWhitespace }.reversed())
    }
}
