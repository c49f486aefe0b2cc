import HoldfastFormat
package import HoldfastModel

/// What still stands of a damaged snapshot, file by file.
package struct SnapshotSurvey: Sendable {
    package struct Tally: Hashable, Sendable {
        package var files: UInt64 = 0
        /// Of the files' sizes.
        package var bytes: UInt64 = 0

        mutating func add(_ entry: Entry) {
            files += 1
            bytes &+= entry.size
        }
    }

    package let snapshot: SnapshotID
    package let header: ManifestHeader
    package private(set) var whole = Tally()
    package private(set) var partly = Tally()
    package private(set) var lost = Tally()
    /// Of those that are not whole where they lie: the chunks that they lack stand in other packs.
    package private(set) var recoverable = Tally()
    package private(set) var gaps: [ListingGap] = []
    /// Directories, links and the like that lack attributes by any means.
    private var bareCount: UInt64 = 0
    /// How many entries are not whole, directories and links with lost attributes among them.
    package private(set) var affectedCount = 0

    /// How many files of the snapshot a salvaged one would have.
    package var salvageable: UInt64 { whole.files + recoverable.files }

    /// How many files it had that cannot be told by name, or are not whole by any means, and how much else lacks attributes; at least.
    package var missing: UInt64 {
        let listed = whole.files + partly.files + lost.files
        return partly.files + lost.files - recoverable.files + max(header.files, listed) - listed + bareCount
    }

    private init(of snapshot: OpenedSnapshot) { (self.snapshot, header) = (snapshot.id, snapshot.header) }

    /// Reads the whole listing again. `report` is lent every entry that is not whole where it lies.
    static func take(
        of snapshot: OpenedSnapshot, _ losses: ChunkLosses, _ copies: ChunkCopies = ChunkCopies(),
        _ report: (EntrySurvey) -> Void
    ) async throws(HoldfastError) -> SnapshotSurvey {
        var survey = SnapshotSurvey(of: snapshot)
        let opener = snapshot.makeOpener()
        var listing = StandingListing(snapshot)
        while let entry = try await listing.nextEntry() {
            let found = try await EntrySurvey(of: entry, in: snapshot, with: opener) { losses.contains($0, of: snapshot) }
            survey.count(found)
            guard found.standing != .whole else { continue }
            report(found)
            let rest = try await EntrySurvey(of: entry, in: snapshot, with: opener) {
                losses.contains($0, of: snapshot) && !copies.has($0)
            }
            switch (entry.kind, rest.standing) {
            case (.file, .whole): survey.recoverable.add(entry)
            case (.file, _), (_, .whole): break
            default: survey.bareCount += 1
            }
        }
        survey.gaps = listing.gaps
        return survey
    }

    private mutating func count(_ found: EntrySurvey) {
        if found.standing != .whole { affectedCount += 1 }
        guard found.entry.kind == .file else { return }
        switch found.standing {
        case .whole: whole.add(found.entry)
        case .partly: partly.add(found.entry)
        case .lost: lost.add(found.entry)
        }
    }
}
