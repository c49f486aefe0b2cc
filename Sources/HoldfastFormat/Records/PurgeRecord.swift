package import HoldfastModel

/// A record of the log of purges, `purges/<n>`: that its name is taken is all that it says (`docs/FORMAT.md`, section 5). What is in it is
/// for people, and is never read.
package enum PurgeRecord {
    /// `run`: drawn for each record, so that a run that lost the store's answer knows its own. Throws `.limit` where it would be too long to be read.
    package static func encode(
        _ n: Int, run: SnapshotID, repository: RepositoryID, at time: Timestamp, by node: String
    ) throws(FormatError) -> [UInt8] {
        var object = Record.frame(
            kind: "purge", repository: repository, snapshot: nil, n: n, prev: nil, at: time, by: node)
        object.append("run", .text(run))
        return try Record.seal(object)
    }
}
