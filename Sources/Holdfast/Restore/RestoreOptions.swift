package import HoldfastStorage

/// What is restored, and what becomes of what is in the target already.
package struct RestoreOptions: Sendable {
    /// Raw bytes from the root: what is inside this directory comes straight into the target, a single file by its name. Empty
    /// is the whole tree. Slashes at either end do not count.
    package var path: [UInt8]
    package var filter: RestoreFilter
    package var overwrite: Overwrite
    /// Remove from restored directories what the snapshot does not have.
    package var deletesExtraneous: Bool
    /// Files, directories and links that stay as they are wherever the target has them, and what is in them: repositories, keyrings. Nothing
    /// is restored in their place, and nothing removed.
    package var spared: Set<FileIdentity>
    /// What stands now where one of them did, if that has this name: a keyring is written anew with each change, and gets another inode.
    package var successors: @Sendable (_ name: [UInt8]) -> Set<FileIdentity> = { _ in [] }
    /// Names of directories that stay with what is in them where a witness is: timers may keep theirs elsewhere than whoever restores.
    package var witnessed: Set<[UInt8]> = []
    /// Those of them that a restore has begun itself: the snapshot's comes back to where none was. They are not removed.
    package var begun: Set<FileIdentity> = []
    /// Read every file that is restored, or stood there already, back from the disk.
    package var verifies: Bool
    /// Leave runs of zeros out, as holes, where the snapshot has them as data.
    package var isSparse: Bool
    /// Without it no file becomes immutable or append-only, which only root could remove again.
    package var restoresFlags: Bool
    package var limits: RestoreLimits

    package init(
        path: [UInt8] = [], filter: RestoreFilter = RestoreFilter(), overwrite: Overwrite = .always,
        deletesExtraneous: Bool = false, spared: Set<FileIdentity> = [], verifies: Bool = false, isSparse: Bool = false,
        restoresFlags: Bool = true, limits: RestoreLimits = RestoreLimits()
    ) {
        self.path = path
        self.filter = filter
        self.overwrite = overwrite
        self.deletesExtraneous = deletesExtraneous
        self.spared = spared
        self.verifies = verifies
        self.isSparse = isSparse
        self.restoresFlags = restoresFlags
        self.limits = limits
    }
}

/// The bounds on a restore's memory and descriptors, whatever the size of the snapshot.
package struct RestoreLimits: Sendable {
    /// How many files are planned before their packs are read.
    package var files: Int
    /// How many chunk references are, of 80 bytes each; a file with more of them is restored in several windows.
    package var references: Int
    package var openFiles: Int
    /// How much is read from a pack at once, in bytes.
    package var readByteCount: Int
    /// Bytes between two chunks that are read along with them.
    package var gapByteCount: Int

    package init(
        files: Int = 32_768, references: Int = 262_144, openFiles: Int = 256, readByteCount: Int = 8 << 20,
        gapByteCount: Int = 64 << 10
    ) {
        self.files = files
        self.references = references
        self.openFiles = openFiles
        self.readByteCount = readByteCount
        self.gapByteCount = gapByteCount
    }
}
