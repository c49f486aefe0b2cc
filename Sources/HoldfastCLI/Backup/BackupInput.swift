import HoldfastModel

/// One snapshot that `backup` is to take: of which source, from where.
struct BackupInput: Hashable, Sendable {
    enum Origin: Hashable, Sendable {
        /// Absolute, lexically clean.
        case paths([String])
        case standardInput(filename: StreamName)
        case command([String], filename: StreamName)
    }

    let node: String
    let source: String
    let origin: Origin
    let kind: Source.Kind
    /// As the project file has them.
    let exclude: [String]
    let excludeCaches: Bool
    let oneFileSystem: Bool
}

extension BackupInput {
    /// What the command line asks for: one snapshot of what it names, or of each source that the project file has for the node.
    static func inputs(
        _ options: BackupSourceOptions, arguments: [String], cluster: Cluster, session: Session
    ) throws -> [BackupInput] {
        let node = options.node ?? session.hostName
        if let origin = try namedOrigin(options, arguments, session: session) {
            let name = options.source ?? "default"
            let configured = cluster.node(named: node)?.source(named: name)
            return [BackupInput(options, node: node, name, origin, configured)]
        }
        let sources = cluster.node(named: node)?.sources ?? []
        let chosen = options.source.map { name in sources.filter { $0.name == name } } ?? sources
        guard !chosen.isEmpty else {
            let wanted = options.source.map { "\(node)/\($0)" } ?? node
            throw Failure(.usage, "nothing to back up", wanted, "name a PATH, or add a source to cluster \(cluster.name)")
        }
        return chosen.map { BackupInput(options, node: node, $0.name, Origin($0.origin), $0) }
    }

    /// Nil where the project file says what to back up.
    private static func namedOrigin(
        _ options: BackupSourceOptions, _ arguments: [String], session: Session
    ) throws -> Origin? {
        switch (options.stdin, options.fromCommand, arguments.isEmpty) {
        case (true, false, true): return .standardInput(filename: options.stdinFilename ?? .standardInput)
        case (true, _, _):
            throw Failure(.usage, "--stdin takes no PATH and no command", arguments.joined(separator: " "), "leave them out")
        case (false, true, true):
            throw Failure(.usage, "which command", "--from-command", "write it after --, as in: --from-command -- pg_dump app")
        case (false, true, false): return .command(arguments, filename: options.stdinFilename ?? .standardInput)
        case (false, false, true): return nil
        case (false, false, false): return .paths(arguments.map(session.absolute))
        }
    }

    private init(
        _ options: BackupSourceOptions, node: String, _ source: String, _ origin: Origin, _ configured: Source?
    ) {
        self.init(
            node: node, source: source, origin: origin, kind: configured?.kind ?? .files,
            exclude: configured?.exclude ?? [],
            excludeCaches: configured?.excludeCaches ?? options.excludeCaches,
            oneFileSystem: configured?.oneFileSystem ?? options.oneFileSystem)
    }
}

extension BackupInput {
    /// A source as the project file has it, with nothing from the command line.
    init(node: String, _ source: Source) {
        self.init(
            node: node, source: source.name, origin: Origin(source.origin), kind: source.kind, exclude: source.exclude,
            excludeCaches: source.excludeCaches ?? false, oneFileSystem: source.oneFileSystem ?? false)
    }
}

extension BackupInput.Origin {
    fileprivate init(_ origin: Source.Origin) {
        switch origin {
        case .paths(let paths): self = .paths(paths)
        case .command(let command, let filename): self = .command(command, filename: filename)
        }
    }
}
