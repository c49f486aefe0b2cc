/// The variables, files and programs of a machine that say how AWS is reached from it and as whom: so that a test can say all of it.
package struct LocalMachine: Sendable {
    /// The process's environment.
    package let variables: [String: String]
    /// The bytes of a file; nil where there is none.
    package let read: @Sendable (String) throws(FileProblem) -> [UInt8]?
    /// Puts a file in the place of the one that is there, whole or not at all, for its owner's eyes alone.
    package let write: @Sendable (String, [UInt8]) throws(FileProblem) -> Void
    /// Runs a profile's `credential_process` and gives its standard output.
    package let run: @Sendable (String) async throws(FileProblem) -> [UInt8]

    /// Why a file or a program gave nothing, or took nothing.
    package struct FileProblem: Error, Hashable, Sendable {
        package let detail: String
        package init(detail: String) { self.detail = detail }
    }

    package init(
        variables: [String: String], read: @escaping @Sendable (String) throws(FileProblem) -> [UInt8]?,
        write: @escaping @Sendable (String, [UInt8]) throws(FileProblem) -> Void,
        run: @escaping @Sendable (String) async throws(FileProblem) -> [UInt8]
    ) {
        self.variables = variables
        self.read = read
        self.write = write
        self.run = run
    }

    /// A variable that is set, and not to nothing.
    func variable(_ name: String) -> String? { variables[name].flatMap { $0.isEmpty ? nil : $0 } }

    /// The profile that the environment asks for; nil where it asks for none, and the one called `default` will do. Where both
    /// variables are set, the AWS CLI goes by the older one.
    var namedProfile: String? { variable("AWS_DEFAULT_PROFILE") ?? variable("AWS_PROFILE") }

    /// The keys of the profile in use; nil where none is asked for, and there is no default one. Throws where the one that is asked
    /// for is not there.
    func profile() throws(CredentialError) -> [String: String]? {
        let profiles = try Profiles(self)
        guard let namedProfile else { return profiles["default"] }
        return try profiles.existing(namedProfile)
    }

    /// What a variable says, else the profile in use under a name of its own, and which of the two it was; nil where neither says
    /// anything.
    func setting(_ variable: String, _ key: String) throws(CredentialError) -> (value: String, place: String)? {
        if let value = self.variable(variable) { return (value, variable) }
        guard let value = try profile()?[key], !value.isEmpty else { return nil }
        return (value, "\(key) of profile \(namedProfile ?? "default")")
    }

    /// A path below the home directory; nil where there is no home.
    func home(_ path: String) -> String? { variable("HOME").map { $0 + "/" + path } }

    /// `~/…` with the home directory in its place.
    func expanded(_ path: String) -> String { path.hasPrefix("~/") ? home(String(path.dropFirst(2))) ?? path : path }

    /// The bytes of a file that must be there.
    func bytes(_ path: String, source: String) throws(CredentialError) -> [UInt8] {
        let bytes: [UInt8]?
        do throws(FileProblem) { bytes = try read(path) } catch { throw .unusable(source, detail: "\(path): \(error.detail)") }
        guard let bytes else { throw .unusable(source, detail: "the file \(path) is not there") }
        return bytes
    }

    /// The text of a file that must be there, without white space at its ends.
    func text(_ path: String, source: String) throws(CredentialError) -> String {
        guard let text = String(validating: try bytes(path, source: source), as: UTF8.self) else {
            throw .unusable(source, detail: "\(path) is not UTF-8")
        }
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
