import Holdfast
import HoldfastAWS
import HoldfastCrypto
import HoldfastFormat
import HoldfastModel
import HoldfastStorage

/// Makes a project from nothing: keyring and CMK, repository, and last the file that names them. What an interrupted run
/// left is found and used.
struct InitProject {
    let session: Session
    /// Where the project file goes, absolute.
    let file: String
    let command: InitCommand

    func run() async throws -> ExitStatus {
        guard let location = RepositoryLocation(command.repository, relativeTo: session.workingDirectory) else {
            throw Failure(.usage, "no such place for a repository", command.repository, "name a directory, or s3://bucket/prefix")
        }
        guard command.lock == nil || location.isS3 else {
            throw Failure(.usage, "a directory locks nothing", command.repository, "leave --lock out, or name s3://bucket/prefix")
        }
        let path = "\(LexicalPath.directory(of: file))/keyring.json"
        let aws = AWSOpening(session: session, project: Self.name)
        let settings = awsSettings
        let s3 = try await s3Settings(location, settings, aws)
        let access = S3Settings(access: s3 ?? settings, lock: command.lock)
        if command.cmk == nil, !FilePresence.exists(path) { try await refuseUsed(location, access, aws) }
        let words = try command.generate ? generatedWords(for: path) : nil
        do {
            return try await make(location, access, keyring: path, words, settings, s3, aws)
        } catch {
            // It stays, and nobody else knows.
            if let words, FilePresence.exists(path) {
                session.output.note("the passphrase of \(path), which stays, is: \(words)")
            }
            throw error
        }
    }

    /// What a keyring that is not there yet is to be opened with.
    private func generatedWords(for path: String) throws(Failure) -> String {
        guard !FilePresence.exists(path) else {
            throw Failure(
                .failed, "a keyring is there already, with a passphrase of its own", path,
                "leave --generate out; or, if nobody knows its passphrase and nothing was protected by it, move it away first")
        }
        return PassphraseRules.generateText()
    }

    private func make(
        _ location: RepositoryLocation, _ access: S3Settings, keyring path: String, _ words: String?, _ settings: AWSSettings,
        _ s3: AWSSettings?, _ aws: AWSOpening
    ) async throws -> ExitStatus {
        let directory = LexicalPath.directory(of: file)
        var choice = try await chooseCMK(path, words)
        if choice.keyring == nil { choice.cmk = try await aws.resolve(choice.cmk, settings) }
        let trusted = try pattern(of: choice.cmk)
        if let asked = choice.keyring == nil ? settings : s3 { try await aws.adviseRole(asked) }
        let store = try await OpenedStore.create(location, access, aws)
        if let own = try await activeCMK(in: store, of: choice.keyring) { choice.cmk = own }
        let managers: [any KeyManager] = choice.keyring.map { [$0] } ?? aws.keyManagers(settings, trusted: [trusted])
        let keys = KeyManagers(managers, trusted: [trusted])
        let new = try await InitializeRepository(besides: ProjectRepositories([]), keys: keys).run(
            store: store.objects, project: Self.name, cluster: "default", activate: choice.cmk,
            at: session.now, by: session.hostName)
        let isBeside = location == .directory(LexicalPath.absolute("./repository", from: directory))
        let project = NewProject(
            name: Self.name, cmks: [trusted], keyring: choice.keyring == nil ? nil : "./keyring.json",
            aws: choice.keyring == nil ? settings : nil, s3: choice.keyring == nil ? s3?.besides(settings) : s3,
            lock: command.lock, repository: isBeside ? "./repository" : store.place, id: new.id)
        try ProjectFileWriter.create(project, at: file)
        try report(choice, new, store.place, keyring: choice.keyring == nil ? nil : path)
        return .done
    }

    private static let name = "default"

    /// The one that is active there already, where this keyring has it: then the repository is this project's, whose file was lost.
    private func activeCMK(in store: OpenedStore, of keyring: LocalKeyring?) async throws -> CMK? {
        guard let keyring,
            let active = try await InitializeRepository.activeCMK(in: store.objects, project: Self.name, cluster: Self.name)
        else { return nil }
        return try await keyring.list().contains { $0.cmk == active } ? active : nil
    }

    /// Before a keyring is made for nothing: a new one has no CMK that could be active anywhere.
    private func refuseUsed(_ location: RepositoryLocation, _ access: S3Settings, _ aws: AWSOpening) async throws {
        let store: OpenedStore
        do {
            store = try await OpenedStore.open(location, access, aws)
        } catch StoreError.noRepository {
            return
        }
        try await InitializeRepository(besides: ProjectRepositories([]), keys: KeyManagers([], trusted: [])).refuseAnothers(
            store.objects, project: Self.name, cluster: Self.name, activating: nil)
    }

    /// Where no Region is named, the CMK's own will do.
    private var awsSettings: AWSSettings {
        let own = command.cmk.flatMap { CMK($0) }.flatMap { KeyARN($0) }?.region
        return AWSSettings(region: command.region ?? own, role: command.role, externalID: command.externalId)
    }

    /// How the bucket is reached: in the Region that S3 says it is in, where none is named. Nil for a directory. There is no project file
    /// yet in which to add one.
    private func s3Settings(
        _ location: RepositoryLocation, _ settings: AWSSettings, _ aws: AWSOpening
    ) async throws -> AWSSettings? {
        guard case .s3(let bucket, _) = location else { return nil }
        var s3 = settings
        if command.region == nil { s3.region = try await aws.region(ofBucket: bucket, settings) ?? settings.region }
        do throws(CredentialError) {
            _ = try aws.way(to: .s3, s3)
        } catch .noRegion {
            throw Failure(
                .usage, "no Region is named for the bucket", command.repository, "add --region REGION, or set AWS_REGION")
        } catch {
            throw Failure(error)
        }
        return s3
    }

    private struct Choice {
        var cmk: CMK
        /// Nil where another key manager's CMK was named.
        var keyring: LocalKeyring?
        /// One that was generated here, to be shown once.
        var passphrase: String?
    }

    /// The CMK that was named, or the first one of a local keyring beside the project file.
    private func chooseCMK(_ path: String, _ words: String?) async throws -> Choice {
        if let cmk = command.cmk.flatMap({ CMK($0) }) {
            guard cmk.scheme == KeyARN.scheme else {
                throw Failure(
                    .usage, "how \(cmk.scheme): is reached stands in a project file, and there is none yet", cmk.uri,
                    "write \(file) without an id:, then run this again (docs/KEY_MANAGERS.md)")
            }
            return Choice(cmk: cmk)
        }
        let source = session.passphraseSource(nil)
        let provider: PassphraseProvider = { () throws(KeyManagerError) in
            if let words { return Secret(copying: Array(words.utf8).span) }
            return try source.read(for: .creation)
        }
        let (time, now) = (session.options.time, session.now)
        let keyring = LocalKeyring(
            path: path, project: Self.name, clock: KeyringClock(isSimulated: time != nil) { now }, passphrase: provider)
        if !FilePresence.exists(path) {
            try await keyring.create(command.noPassphrase ? .unprotected : .passphrase(provider))
            session.note(LocalKeyring.notice)
        }
        let first = try await keyring.list().first { $0.state == .enabled }?.cmk
        let cmk = if let first { first } else { try await keyring.createCMK(label: "first") }
        return Choice(cmk: cmk, keyring: keyring, passphrase: words)
    }

    /// A local keyring's keys are all trusted; of another key manager only the one that was named.
    private func pattern(of cmk: CMK) throws -> CMKPattern {
        let text = cmk.scheme == "local" ? String(cmk.uri.prefix { $0 != "/" }) + "/*" : cmk.uri
        guard let pattern = CMKPattern(text) else { throw Failure(.usage, "no such CMK", cmk.uri, "name another with --cmk") }
        return pattern
    }

    private func report(_ choice: Choice, _ new: InitializeRepository.Outcome, _ path: String, keyring: String?) throws {
        if session.options.isJSON {
            return try session.output.print([
                "message_type": "initialized", "project": .string(file), "repository": .string(path), "id": .text(new.id),
                "cmk": .text(new.active), "keyring": keyring.map(JSONValue.string) ?? .null,
                "passphrase": choice.passphrase.map(JSONValue.string) ?? .null,
            ])
        }
        try session.output.print("project     \(file)")
        try session.output.print("repository  \(path), id \(new.id)")
        if let keyring { try session.output.print("keyring     \(keyring)") }
        try session.output.print("CMK         \(new.active), active")
        if let words = choice.passphrase { try session.output.print("passphrase  \(words)   (write it down: it is shown once)") }
    }
}

extension AWSSettings {
    /// What has to be said of S3 beside what is said of AWS KMS: nil where that is nothing.
    fileprivate func besides(_ keys: AWSSettings) -> AWSSettings? { region == keys.region ? nil : AWSSettings(region: region) }
}
