import ArgumentParser

/// `holdfast debug …`: for tests of what happens when the worst does; not in `--help`.
struct DebugCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "debug", abstract: "For tests.", shouldDisplay: false,
        subcommands: [DebugKeyringCommand.self, DebugOracleCommand.self])
}

/// `holdfast debug keyring …`
struct DebugKeyringCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keyring", abstract: "For tests of the local keyring.", subcommands: [DebugKeyringDestroyCommand.self])
}
