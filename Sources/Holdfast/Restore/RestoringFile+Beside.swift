import HoldfastModel
import HoldfastStorage

/// A file that is made beside the one that it replaces: what stands is lost only to what is whole
/// (`docs/decisions/0018-restore-in-place.md`).
extension RestoringFile {
    /// Where it is made.
    var pathBeside: [UInt8] { RestoreTarget.pathBeside(path) }

    func createdBeside() throws(RestoreError) -> RestoredFile {
        try directory.make(pathBeside, replacing: false) { _ throws(RestoreError) in
            try context.target.createFile(pathBeside, size: 0, replacing: false)
        }
    }

    /// What a restore that was killed has left there, to go on with; nil where there is nothing of use, and no longer anything in the way.
    func leftBeside() throws(RestoreError) -> RewritableFile? {
        guard let left = try context.target.existing(pathBeside) else { return nil }
        // A snapshot that was taken with such a one in it has brought it back.
        try directory.refuseAnothers(left)
        if let found = try context.target.openToRewrite(pathBeside, as: entry) {
            try directory.take(left)
            return found
        }
        try context.target.removeFile(pathBeside, left.identity)
        return nil
    }

    /// Has a file that was made beside another take its place, with all that it has.
    func takePlace() throws(RestoreError) {
        guard let stood else { return }
        try directory.replace(stood, at: path) { existing throws(RestoreError) in
            // It may have come while this one was restored.
            if let existing, context.spares(existing.identity, at: path) { throw .spared(path) }
            try context.target.move(pathBeside, to: path)
        }
    }
}
