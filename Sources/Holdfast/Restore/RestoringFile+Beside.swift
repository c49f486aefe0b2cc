import HoldfastModel
import HoldfastStorage

/// A file that is made beside the one that it replaces: what stands is lost only to what is whole
/// (`docs/decisions/0018-restore-in-place.md`).
extension RestoringFile {
    func createdBeside(_ beside: [UInt8]) throws(RestoreError) -> RestoredFile {
        try directory.make(beside, replacing: false) { _ throws(RestoreError) in
            try context.target.createFile(beside, size: 0, replacing: false)
        }
    }

    /// Where it is to be made; and what a restore that was killed has left there, to go on with. Nothing is in the way then.
    func placeBeside() throws(RestoreError) -> (path: [UInt8], left: RewritableFile?) {
        let beside = RestoreTarget.pathBeside(path, of: context.snapshot.id)
        guard let left = try context.target.existing(beside) else { return (beside, nil) }
        // Something of the snapshot has that name.
        guard !directory.isTaken(left) else { throw .exists(beside) }
        if let found = try context.target.openToRewrite(beside, as: entry) {
            try directory.take(left)
            return (beside, found)
        }
        try context.target.removeFile(beside, left.identity)
        return (beside, nil)
    }

    /// Has a file that was made beside another take its place, with all that it has.
    func takePlace() throws(RestoreError) {
        guard let (stood, beside) = replacement, let identity else { return }
        try directory.replace(stood, at: path) { existing throws(RestoreError) in
            // It may have come while this one was restored.
            if let existing, context.spares(existing.identity, at: path) { throw .spared(path) }
            // Only what was made here gets the name.
            guard try context.target.existing(beside)?.identity == identity else { throw .exists(beside) }
            try context.target.move(beside, to: path)
        }
    }
}
