package import HoldfastModel
package import HoldfastStorage

/// What a snapshot takes in: paths that are walked, or one stream of bytes.
package enum SnapshotContents: Sendable {
    /// Absolute paths, raw bytes with their leading slash.
    case paths([[UInt8]], WalkFilter)
    /// Bytes from a descriptor (`--stdin`, or a command's output), kept as one file of this name.
    case stream(descriptor: Int32, filename: [UInt8], time: Timestamp)

    /// The source's paths as a manifest's body has them: from the root, without the leading slash.
    var roots: [[UInt8]] {
        switch self {
        case .paths(let paths, _): paths.map { Array($0.drop { $0 == UInt8(ascii: "/") }) }
        case .stream(_, let filename, _): [filename]
        }
    }

    /// A stream comes once: what was read of it is gone.
    var canBeReadAgain: Bool {
        switch self {
        case .paths: true
        case .stream: false
        }
    }

    /// Refuses a path that is named and left out at once: whoever asked for it would have a snapshot without it, and not know.
    func requireNoneLeftOut() throws(HoldfastError) {
        guard case .paths(_, let filter) = self else { return }
        for root in roots {
            guard let exclude = filter.exclude(matching: root) else { continue }
            let pattern = String(decoding: exclude.pattern, as: UTF8.self)
            throw .usage(
                "\(root.displayPath) is to be backed up, and the exclude pattern '\(pattern)' leaves it out: take out one of them",
                object: root.displayPath)
        }
    }

    /// Whether none of the paths exists, or can be saved.
    func isMissing(_ problems: [SourceProblem]) -> Bool {
        guard case .paths = self else { return false }
        let missing = Set(problems.filter { $0.what == .missing || $0.what == .socket }.map(\.path))
        return roots.allSatisfy(missing.contains)
    }
}
