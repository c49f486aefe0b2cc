import HoldfastModel

/// Whether a new snapshot is made of what still stands of a damaged one.
enum SalvageDecision: Equatable {
    case salvage
    case leave(String)

    /// A salvaged snapshot gives what a restore of the damaged one does not: files whose chunks stand in packs of other snapshots, or that
    /// only a listing with a gap tells of. `expires`: the date that is obeyed. `salvaged`: what was made of it before and stands, sound.
    /// `isBarred`: it was taken before a barrier, so that nothing new may refer to it.
    init(
        _ survey: SnapshotSurvey, _ log: SnapshotLog, expires: Timestamp?, salvaged: [ManifestHeader], isOriginThere: Bool,
        isBarred: Bool, at now: Timestamp
    ) {
        self =
            if log.condemnation != nil {
                .leave("it is in the trash")
            } else if log.state != .live {
                .leave("its log cannot be read; restore what it gives")
            } else if let expires, expires <= now, log.holds.isEmpty {
                .leave("it has expired")
            } else if isOriginThere {
                .leave("the snapshot that it was made of is still there")
            } else if survey.salvageable == 0 {
                .leave("no file of it is whole")
            } else if survey.recoverable.files == 0, survey.gaps.isEmpty {
                .leave("a restore of it gives all that is left, and names the rest")
            } else if isBarred {
                .leave(
                    "it was taken before the last rotate --fresh, so no new one refers to it; restore it, and back up what it gives"
                )
            } else if salvaged.contains(where: { $0.files >= survey.salvageable }) {
                .leave("that was done before")
            } else {
                .salvage
            }
    }
}
