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
            InitCommand.self, BackupCommand.self, RunCommand.self, SnapshotsCommand.self, LsCommand.self, FindCommand.self,
            DiffCommand.self,
            DumpCommand.self, RestoreCommand.self, DrillCommand.self, CheckCommand.self, ForgetCommand.self, UndeleteCommand.self,
            HoldCommand.self, PolicyCommand.self, ComplianceCommand.self, PruneCommand.self, UnlockCommand.self, KeysCommand.self,
            StatsCommand.self, StatusCommand.self,
            CatalogCommand.self, VersionCommand.self, DebugCommand.self,
        ])
}
