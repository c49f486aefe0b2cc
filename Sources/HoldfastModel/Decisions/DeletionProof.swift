/// Evidence that a set of CMKs can go: only `DeletionCheck` makes one, and only from a complete, proven and safe reading.
///
/// It is stale as soon as any key log moves: the positions it names are compared once more before anything is scheduled.
package struct DeletionProof: ~Copyable, Sendable {
    package let cmks: Set<CMK>
    /// Per repository the number of key-log records that the check had read.
    package let keyLogLengths: [RepositoryID: Int]
    /// How many snapshots were opened without the CMKs of this proof.
    package let snapshotCount: Int

    init(cmks: Set<CMK>, keyLogLengths: [RepositoryID: Int], snapshotCount: Int) {
        self.cmks = cmks
        self.keyLogLengths = keyLogLengths
        self.snapshotCount = snapshotCount
    }
}
