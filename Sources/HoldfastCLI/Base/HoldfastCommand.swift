import ArgumentParser

/// The root of all commands.
struct HoldfastCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "holdfast",
        abstract: "Encrypted, deduplicating backups, and which of their keys can be deleted.",
        discussion: """
            Begin with: holdfast init && holdfast backup ~/Documents

            Every command takes --json, and --help shows an example of it.
            """,
        version: Version.text,
        subcommands: [
            InitCommand.self, BackupCommand.self, KeysCommand.self, VersionCommand.self,
        ])
}
