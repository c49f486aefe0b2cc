package import HoldfastModel
package import HoldfastStorage

/// Which paths of a snapshot are restored.
package struct RestoreFilter: Sendable {
    /// Empty includes everything; else what one of these matches, with all that is below it.
    package var includes: [Glob]
    /// What one of these matches is left out, with all that is below it, included or not.
    package var excludes: [Glob]
    /// Restores so much alone, of large files so many pieces; the rest of those is a hole. Nil is everything.
    package var sample: DrillSample?
    /// Leaves device files out, which only root can make.
    package var leavesOutDevices: Bool

    package init(
        includes: [Glob] = [], excludes: [Glob] = [], sample: DrillSample? = nil, leavesOutDevices: Bool = false
    ) {
        self.includes = includes
        self.excludes = excludes
        self.sample = sample
        self.leavesOutDevices = leavesOutDevices
    }

    var selectsEverything: Bool { includes.isEmpty && excludes.isEmpty }

    /// `path` is as in the snapshot, from the root.
    package func selects(_ path: [UInt8]) -> Bool {
        (includes.isEmpty || includes.contains { $0.covers(path) }) && !excludes.contains { $0.covers(path) }
    }

    func selects(_ entry: Entry) -> Bool { selects(entry.path) && parts(of: entry) != nil }

    /// The bytes of a file that are restored, in order; all of it for what has no bytes. Nil where nothing of it is.
    func parts(of entry: Entry) -> [Range<UInt64>]? {
        if leavesOutDevices, entry.kind == .characterDevice || entry.kind == .blockDevice { return nil }
        guard let sample else { return [0..<entry.size] }
        return sample.parts(of: entry)
    }
}
