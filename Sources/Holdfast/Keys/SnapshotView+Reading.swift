import HoldfastCrypto
import HoldfastModel

extension SnapshotView {
    /// As the deletion check weighs it; nil where no manifest exists. Its dates are those that prune obeys under these terms. An envelope
    /// that was added later counts like one of the header if it is remembered to have opened this manifest.
    func reading(under terms: RetentionTerms, remembering remembered: Set<ProvenOpening>) -> ProjectReading.Snapshot? {
        // It may be live, held and all, as soon as its start record is put back: it is there to be seen, and so never absent.
        if isStartGone { return unread("start-gone") }
        guard let header = log.header, log.startProblem == nil, log.exists else { return unreadable }
        let proven = log.laterEnvelopes.filter { opening(by: $0).map(remembered.contains) ?? false }
        let expires = log.expires(under: terms.compliance)
        return ProjectReading.Snapshot(
            id: id, group: [header.node, header.source], time: header.time, expires: expires,
            isEndless: expires == nil && terms.compliance != nil, lockedUntil: log.lockedUntil, label: header.label,
            envelopes: header.envelopes.map(\.cmk) + proven.map(\.cmk), laterEnvelopes: log.laterEnvelopes.map(\.cmk),
            holds: log.holds, tags: header.tags,
            purgeAfter: trashEnd(under: terms), rule: log.condemnation?.rule, isDamaged: log.isDamaged,
            isSalvaged: header.salvaged != nil, problem: problem, bytesStored: header.bytesStored, sum: sum)
    }

    /// What it would mean that an envelope opened this manifest; nil where that cannot be read.
    func opening(by envelope: Envelope) -> ProvenOpening? {
        sum.map { ProvenOpening(snapshot: id, sum: $0, cmk: envelope.cmk, envelope: SHA256.hash(envelope.wrapped.span)) }
    }

    /// Where the log has records that cannot be read or understood, nobody can vouch for what they say.
    private var problem: String? {
        if case .unreadable(let why) = log.state { return why }
        return log.unknownKinds.first.map { "newer-record: \($0)" }
    }

    private var unreadable: ProjectReading.Snapshot? {
        guard log.startProblem == nil, case .unreadable(let why) = log.state else { return nil }
        return unread(why)
    }

    private func unread(_ why: String) -> ProjectReading.Snapshot {
        ProjectReading.Snapshot(id: id, group: [], time: Timestamp(seconds: 0), expires: nil, envelopes: [], problem: why)
    }

    /// An open snapshot, or one of which the start record cannot be read: it may still commit.
    var openReading: ProjectReading.OpenSnapshot? {
        if log.startProblem != nil { return ProjectReading.OpenSnapshot(id: id, position: nil) }
        return log.state == .open ? ProjectReading.OpenSnapshot(id: id, position: log.start?.keyLogPosition) : nil
    }
}
