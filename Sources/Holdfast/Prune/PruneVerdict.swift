import HoldfastModel

/// What the policy in force says to one survey: worked out once for all that is decided by it.
struct PruneVerdict {
    let keepSet: KeepSet
    /// Groups of which more would go than goes without being asked: then nothing is done.
    let excesses: [KeepLimit.Excess]
    /// Groups of which the last would go, though nothing good has taken their place: they stay until that is confirmed.
    let endings: [KeepLimit.Excess]
    /// The snapshots of these.
    let ending: Set<SnapshotID>
}

extension PruneRun {
    func verdict(on survey: PruneSurvey) -> PruneVerdict {
        let subjects = survey.views.compactMap {
            survey.isFinal($0) ? nil : KeepSubject($0.log, in: repository.cluster, under: compliance)
        }
        let keepSet = KeepSet(
            subjects, policy: policy,
            under: KeepSet.Circumstances(
                backupsAreOn: request.backupsAreOn, now: now, basesOfOpen: survey.basesOfOpen, deletedCMKs: deletedCMKs))
        guard !request.isConfirmed else { return PruneVerdict(keepSet: keepSet, excesses: [], endings: [], ending: []) }
        // What the policy would let go, and this run decides about.
        let condemned = Set(keepSet.condemned).filter {
            !alarmed.contains($0) && survey[$0]?.log.mayBeKeptByUnknown == false
        }
        let endings =
            request.backupsAreOn ? KeepLimit.endings(condemning: condemned, of: subjects, deletedCMKs: deletedCMKs) : []
        let groups = Set(endings.map(\.group))
        return PruneVerdict(
            keepSet: keepSet, excesses: KeepLimit.excesses(condemning: condemned, of: subjects, at: now), endings: endings,
            ending: Set(subjects.filter { groups.contains($0.group) }.map(\.id)))
    }
}
