import ArgumentParser
import HoldfastModel

/// `holdfast keys …`
struct KeysCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys", abstract: "CMKs: make, rotate, retire them, and learn which can be deleted.",
        discussion: "Example: holdfast keys check",
        subcommands: [
            KeysListCommand.self, KeysCreateCommand.self, KeysRotateCommand.self, KeysRetireCommand.self,
            KeysCheckCommand.self, KeysAuditCommand.self, KeysReportCommand.self, KeysRewrapCommand.self, KeysDisableCommand.self,
            KeysEnableCommand.self, KeysDeleteCommand.self, KeysCancelDeletionCommand.self, KeysAccessCommand.self,
            KeysRegionCommand.self,
        ])
}

/// A CMK's URI as an argument.
struct CMKArgument: ExpressibleByArgument {
    let cmk: CMK

    init?(argument: String) {
        guard let cmk = CMK(argument) else { return nil }
        self.cmk = cmk
    }
}
