/// The profiles of the shared config and credentials files, laid over each other: where both name a key, the credentials file counts.
struct Profiles: Sendable {
    private var profiles: [String: [String: String]] = [:]
    private var sessions: [String: [String: String]] = [:]
    /// Whose keys stand in the credentials file.
    private var keyHolders: Set<String> = []

    /// The files are where `AWS_CONFIG_FILE` and `AWS_SHARED_CREDENTIALS_FILE` say, or under `~/.aws`. Missing ones are empty.
    init(_ machine: LocalMachine) throws(CredentialError) {
        let config = machine.variable("AWS_CONFIG_FILE").map(machine.expanded) ?? machine.home(".aws/config")
        for (name, keys) in try Self.sections(config, machine) {
            let words = name.split(separator: " ", maxSplits: 1).map { Self.unquoted($0.trimmed) }
            switch (words.first, words.count) {
            case ("profile", 2): profiles[words[1]] = keys
            case ("default", 1): profiles["default"] = profiles["default"] ?? keys
            case ("sso-session", 2): sessions[words[1]] = keys
            default: continue
            }
        }
        let credentials =
            machine.variable("AWS_SHARED_CREDENTIALS_FILE").map(machine.expanded)
            ?? machine.home(".aws/credentials")
        for (name, keys) in try Self.sections(credentials, machine) {
            profiles[name, default: [:]].merge(keys) { _, new in new }
            if keys["aws_access_key_id"] != nil { keyHolders.insert(name) }
        }
    }

    subscript(name: String) -> [String: String]? { profiles[name] }

    /// The keys of a profile that has to be there.
    func existing(_ name: String) throws(CredentialError) -> [String: String] {
        guard let keys = profiles[name] else {
            throw .unusable("profile \(name)", detail: "there is no such profile in the shared config and credentials files")
        }
        return keys
    }

    /// Whether a profile's keys come before its `credential_process`: those in the config file come after it.
    func prefersKeys(_ name: String) -> Bool { keyHolders.contains(name) || self[name]?["credential_process"] == nil }

    func session(_ name: String) -> [String: String]? { sessions[name] }

    /// A name with blanks in it may stand between quotes.
    private static func unquoted(_ name: String) -> String {
        for mark in ["\"", "'"] where name.count >= 2 && name.hasPrefix(mark) && name.hasSuffix(mark) {
            return String(name.dropFirst().dropLast())
        }
        return name
    }

    private static func sections(
        _ path: String?, _ machine: LocalMachine
    ) throws(CredentialError) -> [String: [String: String]] {
        guard let path else { return [:] }
        let bytes: [UInt8]?
        do throws(LocalMachine.FileProblem) {
            bytes = try machine.read(path)
        } catch {
            throw .unusable(path, detail: error.detail)
        }
        guard let bytes else { return [:] }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .unusable(path, detail: "it is not UTF-8") }
        do throws(ProfileFile.BadLine) {
            return try ProfileFile(text).sections
        } catch {
            throw .unusable(path, detail: "line \(error.number) is neither [NAME] nor KEY = VALUE")
        }
    }
}
