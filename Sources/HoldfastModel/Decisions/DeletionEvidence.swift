/// The snapshots that were opened whole without the CMKs in question: which manifest, and by which CMK.
package struct DeletionEvidence: Hashable, Sendable {
    /// One snapshot's manifest, opened to its last frame, with every pack present.
    package struct Opening: Hashable, Sendable {
        /// The manifest's sum, as the bytes had it that were opened.
        package let sum: Digest
        package let cmk: CMK

        package init(sum: Digest, cmk: CMK) {
            self.sum = sum
            self.cmk = cmk
        }
    }

    private struct Place: Hashable {
        let repository: RepositoryID
        let snapshot: SnapshotID
    }

    private var openings: [Place: Opening] = [:]

    package init() {}

    package var count: Int { openings.count }

    package mutating func add(_ opening: Opening, of snapshot: SnapshotID, in repository: RepositoryID) {
        openings[Place(repository: repository, snapshot: snapshot)] = opening
    }

    package func opening(of snapshot: SnapshotID, in repository: RepositoryID) -> Opening? {
        openings[Place(repository: repository, snapshot: snapshot)]
    }
}

extension ProjectReading {
    /// The same, with those later envelopes counted that opened their snapshot, be it by a relative of the CMK that they name.
    package func counting(_ evidence: DeletionEvidence) -> ProjectReading {
        var counted = self
        for (index, cluster) in clusters.enumerated() {
            for (number, snapshot) in cluster.snapshots.enumerated() {
                guard let cmk = evidence.opening(of: snapshot.id, in: cluster.repository)?.cmk,
                    !openers(of: snapshot.envelopes).contains(cmk),
                    let named = snapshot.laterEnvelopes.first(where: { openers(of: [$0]).contains(cmk) })
                else { continue }
                counted.clusters[index].snapshots[number].envelopes.append(named)
            }
        }
        return counted
    }
}

extension ProjectReading {
    /// The same, with every envelope taken at its word: what is blocked even so need not be proven to be.
    package var trustingEnvelopes: ProjectReading {
        var trusting = self
        for (index, cluster) in clusters.enumerated() {
            for number in cluster.snapshots.indices {
                let later = cluster.snapshots[number].laterEnvelopes
                trusting.clusters[index].snapshots[number].envelopes += later
            }
        }
        return trusting
    }
}

extension DeletionCheck {
    /// The proof that `cmks` can go for good: nil unless this very reading says so and the evidence has, for every snapshot that
    /// exists, the manifest that was read, opened by a CMK that stays. What is lost already has nothing to be proven.
    package func proof(of cmks: Set<CMK>, by evidence: DeletionEvidence) -> DeletionProof? {
        guard verdict(on: cmks).answer == .safeForGood, unproven(without: cmks, by: evidence).isEmpty else { return nil }
        var lengths: [RepositoryID: Int] = [:]
        for cluster in reading.clusters { lengths[cluster.repository] = cluster.latestKeyLog?.records.count }
        return DeletionProof(cmks: cmks, keyLogLengths: lengths, snapshotCount: evidence.count)
    }

    /// The snapshots for which the evidence does not do.
    package func unproven(without cmks: Set<CMK>, by evidence: DeletionEvidence) -> [DeletionVerdict.Place] {
        reading.clusters.flatMap { cluster in
            cluster.snapshots
                .filter { !isLost($0) && !isProven($0, in: cluster.repository, without: cmks, by: evidence) }
                .map { DeletionVerdict.Place(cluster: cluster.name, id: $0.id) }
        }
    }

    private func isProven(
        _ snapshot: ProjectReading.Snapshot, in repository: RepositoryID, without cmks: Set<CMK>, by evidence: DeletionEvidence
    ) -> Bool {
        guard let opening = evidence.opening(of: snapshot.id, in: repository), opening.sum == snapshot.sum else { return false }
        let openers = reading.possibleOpeners(of: snapshot)
        // What none of these CMKs opens is not theirs to cover: any other may have opened it.
        if openers.isDisjoint(with: cmks) { return openers.contains(opening.cmk) }
        // It opened then, and must be usable still.
        return covers(of: snapshot, without: cmks).contains(opening.cmk) && reading.state(of: opening.cmk) == .enabled
    }
}
