import ArgumentParser
import Holdfast
import HoldfastModel
import HoldfastStorage

/// `holdfast ls`
struct LsCommand: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "ls", abstract: "List what is in a snapshot.",
        discussion: """
            Example: holdfast ls -l latest:/var/lib

            JSON: one entry a line: {name, type, path, path_b64 (where the path is not UTF-8), size, mode, mtime, uid, gid, \
            linktarget (of a symlink)}.
            """)

    @Argument(help: "An id, 8 or more of its digits, or latest; with :PATH a place in it.")
    var place: SnapshotPath

    @Flag(name: .short, help: "Mode, owner, size and time as well.")
    var long = false

    @Flag(name: [.customShort("R"), .long], help: "With all that is below.")
    var recursive = false

    @OptionGroup(title: "Snapshot options") var chosen: SnapshotOptions
    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(in session: Session) async throws -> ExitStatus {
        let snapshot = try await ProjectContext(session).open(for: .givingBack).openSnapshot(place.snapshot, chosen)
        try await ListEntries(snapshot).run(at: place.path, recursive: recursive) { entry in
            let text = EntryText(entry: entry)
            if session.options.isJSON {
                try session.output.printLater(text.json)
            } else {
                try session.output.print(long ? text.long : text.path)
            }
        }
        return .done
    }
}
