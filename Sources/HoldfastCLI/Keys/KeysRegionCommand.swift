import ArgumentParser
import Holdfast
import HoldfastAWS
import HoldfastFormat
import HoldfastModel
import HoldfastStorage

/// `holdfast keys region`
struct KeysRegionCommand: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "region", abstract: "Reach a multi-Region CMK through another Region first.",
        discussion: """
            Example: holdfast keys region aws-kms:arn:aws:kms:us-east-1:111122223333:key/mrk-1234 eu-west-1

            The CMK has to have a member there that is enabled, and that opens what the other wraps, and the other way round; \
            where the CMK's own Region does not answer, AWS's word that the two are of one family has to do. Then the Region \
            goes to the front of regions: under key_managers: aws-kms: in the project file, where everything else stays as it \
            is. Snapshots stay as they are: they name the same CMK. A CMK of one Region is refused, with what to do instead.

            JSON: {message_type: "region", dry_run, cmk, member, regions[], tried[], left[]}.
            """)

    @Argument(help: "The CMK's URI.")
    var cmk: CMKArgument

    @Argument(help: "The Region to try first.")
    var region: String

    @Flag(name: [.customShort("n"), .long], help: "Try it, and save nothing.")
    var dryRun = false

    @OptionGroup(title: "Global options") var global: GlobalOptions

    func validate() throws {
        guard ServiceEndpoints.isRegion(region) else { throw ValidationError("'\(region)' is no name of a Region") }
    }

    func run(in session: Session) async throws -> ExitStatus {
        let project = try ProjectContext(session)
        let arn = try multiRegionARN()
        guard project.keys.trusts(cmk.cmk) else {
            throw Failure(.usage, "the project does not trust this CMK", cmk.cmk.uri, "add it to cmks: in the project file")
        }
        let settings = project.project.keyManagers.aws ?? AWSSettings()
        guard
            let manager = project.aws.keyManagers(settings, trusted: project.project.trustedPatterns).first(where: {
                $0.scheme == KeyARN.scheme
            })
        else { throw Failure(.usage, "no access to AWS KMS is configured", project.file, "") }
        let outcome: RegionTrial.Outcome
        do {
            outcome = try await RegionTrial(manager: manager, home: arn, region: region).run(
                project: project.project.name, by: session.hostName)
        } catch {
            throw Failure(error).saying("nothing was changed")
        }
        let regions = [region] + settings.regions.filter { $0 != region }
        let draft = try ProjectFileWriter.draft(
            [FieldChange(["key_managers", "aws-kms", "regions"], .list(regions))], of: session.absolute(project.file),
            workingDirectory: session.workingDirectory)
        if !dryRun { try ProjectFileWriter.save(draft) }
        try report(outcome, regions, project, in: session)
        return .done
    }

    private func multiRegionARN() throws -> KeyARN {
        guard let arn = KeyARN(cmk.cmk), !arn.isAlias else {
            throw Failure(.usage, "this is no CMK of AWS KMS by its ARN", cmk.cmk.uri, "only those have Regions")
        }
        guard arn.isMultiRegion else {
            throw Failure(
                .usage, "this CMK is of \(arn.region) alone, and cannot be made to be of several Regions", cmk.cmk.uri,
                "create a multi-Region CMK (aws kms create-key --multi-region, then aws kms replicate-key --replica-region "
                    + "\(region)), then holdfast keys rotate --to it; this one is needed for its own snapshots until they end")
        }
        guard Partition(region: region) == Partition(region: arn.region) else {
            throw Failure(
                .usage, "\(region) is in another partition of AWS than the CMK", cmk.cmk.uri, "name a Region of its own")
        }
        return arn
    }

    private func report(
        _ outcome: RegionTrial.Outcome, _ regions: [String], _ project: ProjectContext, in session: Session
    ) throws {
        if session.options.isJSON {
            return try session.output.print([
                "message_type": "region", "dry_run": .bool(dryRun), "cmk": .text(cmk.cmk), "member": .text(outcome.member),
                "regions": .array(regions.map(JSONValue.string)), "tried": .array(outcome.tried.map(JSONValue.string)),
                "left": .array(outcome.left.map(JSONValue.string)),
            ])
        }
        try session.output.print("member    \(outcome.member)")
        for line in outcome.tried { try session.output.print("tried     \(line)") }
        let order = regions.joined(separator: ", ")
        try session.output.print("\(dryRun ? "would be " : "saved    ") regions: [\(order)], in \(project.file)")
        for line in outcome.left { try session.output.print("left      \(line)") }
    }
}
