import ArgumentParser
import Holdfast
import HoldfastStorage

/// What `restore` takes, and what it does with what is there already.
struct RestoreCommandOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Restore only what matches; again for more.", valueName: "glob"))
    var include: [String] = []

    @Option(help: ArgumentHelp("Leave out what matches; again for more.", valueName: "glob"))
    var exclude: [String] = []

    @Option(help: "What becomes of a file that is there already.")
    var overwrite = Overwrite.always

    @Flag(help: "Remove from restored directories what the snapshot does not have.")
    var delete = false

    @Flag(help: "Read every file back from the disk once it is restored.")
    var verify = false

    @Flag(help: "Write runs of zeros as holes.")
    var sparse = false

    @Flag(name: [.customShort("n"), .long], help: "List what would be restored; write nothing.")
    var dryRun = false

    func options(path: [UInt8]) throws -> RestoreOptions {
        RestoreOptions(
            path: path,
            filter: RestoreFilter(
                includes: try include.map { try Glob(written: $0) }, excludes: try exclude.map { try Glob(written: $0) }),
            overwrite: overwrite, deletesExtraneous: delete, verifies: verify, isSparse: sparse)
    }
}

extension Overwrite: ExpressibleByArgument {}
