package import HoldfastModel

/// What a walk leaves out.
package struct WalkFilter: Sendable {
    /// Entries whose path one of these matches are left out, with all that is below; so is a root that is named itself.
    package var excludes: [Glob]
    /// Of a directory with a valid `CACHEDIR.TAG` keep only itself and the tag.
    package var excludeCaches: Bool
    /// Stay on the file system of each root; a mount point is kept as an empty directory.
    package var oneFileSystem: Bool
    /// Directories that are never descended into: the roots of repositories.
    package var forbidden: Set<FileIdentity>

    package init(
        excludes: [Glob] = [], excludeCaches: Bool = false, oneFileSystem: Bool = false, forbidden: Set<FileIdentity> = []
    ) {
        self.excludes = excludes
        self.excludeCaches = excludeCaches
        self.oneFileSystem = oneFileSystem
        self.forbidden = forbidden
    }

    func excludes(_ path: [UInt8]) -> Bool { exclude(matching: path) != nil }

    /// The pattern that leaves out this very path; nil where none does.
    package func exclude(matching path: [UInt8]) -> Glob? { excludes.first { $0.matches(path) } }
}

extension Entry {
    package var identity: FileIdentity { FileIdentity(device: device, inode: inode) }
}
