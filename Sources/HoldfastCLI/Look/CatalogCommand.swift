import ArgumentParser
import Holdfast
import HoldfastCatalog
import HoldfastFormat
import HoldfastModel

/// `holdfast catalog`
struct CatalogCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "catalog", abstract: "The local index of the repository: a cache, rebuilt at will.",
        discussion: "Example: holdfast catalog rebuild",
        subcommands: [CatalogRebuildCommand.self])
}

/// `holdfast catalog rebuild`
struct CatalogRebuildCommand: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "rebuild", abstract: "Throw the local index away and read the repository anew.",
        discussion: """
            Example: holdfast catalog rebuild

            JSON: {message_type: "catalog_rebuilt", cluster, snapshots}.
            """)

    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(in session: Session) async throws -> ExitStatus {
        let context = try await ProjectContext(session).open()
        context.catalog.discard()
        let count = try await context.repository.readSnapshots(catalog: context.catalog).count { $0.log.exists }
        if session.options.isJSON {
            try session.output.print([
                "message_type": "catalog_rebuilt", "cluster": .string(context.cluster.name), "snapshots": .integer(Int64(count)),
            ])
        } else {
            try session.output.print("catalog of cluster \(context.cluster.name) rebuilt: \(count) snapshots")
        }
        return .done
    }
}
