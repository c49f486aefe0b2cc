import ArgumentParser
import Holdfast
import HoldfastCrypto
import HoldfastModel
import HoldfastStorage

/// `holdfast init`
struct InitCommand: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "init", abstract: "Create a project: its file, a repository, and a first CMK.",
        discussion: """
            Example: holdfast init --repository /srv/backups
            Example: holdfast init --repository s3://backups/shop --cmk aws-kms:arn:aws:kms:us-east-1:111122223333:alias/backup \
              --role arn:aws:iam::111122223333:role/holdfast --external-id 7f3a

            Without --cmk a local keyring with one CMK is made beside the project file. Its passphrase has 12 characters at \
            least; --generate makes one and prints it, once. In AWS an alias is looked up once, and the CMK's own ARN kept. Beside a project file the repositories that it names and that are \
            missing are made, and their ids added to it: that is how a project begins whose key manager needs settings of its own, \
            such as exec:. --cmk then names the CMK that becomes active first.

            --lock needs a bucket that was made with Object Lock (docs/AWS.md).

            JSON: {message_type: "initialized", project, repository, id, cmk, keyring or null, passphrase or null}; beside \
            a project file one {message_type: "initialized", cluster, repository, id, cmk} for each repository that was missing.
            """)

    @Option(help: "Where backups go: a directory, or s3://bucket/prefix.", completion: .directory)
    var repository = "./repository"

    @Option(name: .customLong("cmk"), help: "Use this CMK instead of a new local one.")
    var cmk: String?

    @Option(help: "AWS: the Region of the CMK and the bucket; else each its own.")
    var region: String?

    @Option(help: ArgumentHelp("AWS: the role to assume for the CMK and the bucket.", valueName: "arn"))
    var role: String?

    @Option(help: ArgumentHelp("AWS: the external id that the role asks for.", valueName: "id"))
    var externalId: String?

    @Option(
        help: ArgumentHelp(
            "S3: keep snapshots from deletion until they expire: compliance (nobody can), governance (few can).",
            valueName: "mode"))
    var lock: S3Settings.LockMode?

    @Flag(help: "Make a passphrase of six words and print it.")
    var generate = false

    @Flag(help: "No passphrase: whoever has the keyring file has the keys.")
    var noPassphrase = false

    @OptionGroup(title: "Global options") var global: GlobalOptions

    func validate() throws {
        if generate && noPassphrase { throw ValidationError("--generate and --no-passphrase exclude each other") }
        if externalId != nil, role == nil { throw ValidationError("--external-id needs --role") }
        if let cmk, CMK(cmk) == nil { throw ValidationError("--cmk \(cmk) is not the URI of a CMK") }
    }

    func run(in session: Session) async throws -> ExitStatus {
        let file = session.absolute(
            ProjectFile.pathToCreate(named: session.options.project, environment: session.environment))
        guard !FilePresence.exists(file) else {
            return try await InitBeside(session: session, cmk: cmk.flatMap { CMK($0) }).run()
        }
        return try await InitProject(session: session, file: file, command: self).run()
    }
}

extension S3Settings.LockMode: ExpressibleByArgument {}
