import ArgumentParser

/// `holdfast policy …`
struct PolicyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "policy", abstract: "What is taken and kept: show it, check it, apply it, look ahead.",
        discussion: "Example: holdfast policy simulate --until 2029-01-01",
        subcommands: [
            PolicyShowCommand.self, PolicyCheckCommand.self, PolicyApplyCommand.self, PolicySimulateCommand.self,
        ])
}
