package import Holdfast
import HoldfastFormat
import HoldfastModel

extension Failure {
    private static let interruption = Failure(
        .interrupted, "interrupted", "", "the repository is whole; a backup that is run again goes on from its last checkpoint")

    package init(_ error: HoldfastError) {
        switch error {
        case _ where error.isInterruption, .interrupted: self = Self.interruption
        case .store(let error): self.init(error)
        case .keyManager(let error): self.init(error)
        case .witness(let error): self.init(error)
        case .object(let name, let error): self.init(name, error)
        case .missing(let name, let purpose):
            self.init(.damaged, "object missing, needed for \(purpose)", name.text, "see what else is affected: holdfast check")
        case .keyLogEnds(let name, let id):
            self.init(
                .damaged, "record missing, which the writer of snapshot \(id.short) had read", name.text,
                KeyLog.remedyOfLoss(toldBy: id))
        case .inconsistent(let object, let detail):
            self.init(.damaged, detail, object, "see what else is affected: holdfast check")
        case .noActiveCMK(let cluster):
            self.init(
                .cmkUnavailable, sentence: "no CMK is active in cluster \(cluster)", about: cluster,
                "activate one: holdfast keys rotate --to URI")
        case .untrusted(let cmk):
            self.init(.cmkUnavailable, "CMK not trusted", cmk.uri, "if it is yours, add it to cmks: in the project file")
        case .cannotOpen(let id, let refusals): self.init(snapshot: id, refusals)
        case .noSuchSnapshot(let text): self.init(.failed, "no such snapshot", text, "see holdfast snapshots")
        case .ambiguousSnapshot(let text, let ids):
            self.init(.usage, "several snapshots begin so", text, "name one of \(ids.map(\.hex).joined(separator: ", "))")
        case .noSuchPath(let path): self.init(.failed, "no such path in the snapshot", path, "see holdfast ls")
        case .unknownCMK(let cmk):
            self.init(
                .usage, "no key manager and no key log of the project knows this CMK", cmk.uri,
                "see holdfast keys list; if it is yours and not there, add it to cmks: in the project file")
        case .lostRace(let what, let object):
            self.init(
                .lostRace, sentence: "somebody else was first: \(what)", about: object, "nothing was lost: run it again")
        case .alarm(let alarms):
            self.init(
                .damaged, "the repository is not what this machine remembers: \(alarms.joined(separator: "; "))", "",
                "find out why before you go on; holdfast check says how to accept what is right so")
        case .busy(let source):
            self.init(.failed, "a backup of it is running on this machine", source, "let it finish")
        case .refused(let what, let object, let remedy):
            self.init(.failed, sentence: "refused: \(what)", about: object, remedy)
        case .unfinished(let cluster, let error): self = Failure(error).unfinished(in: cluster)
        case .partlyForgotten(let ids, let error):
            self = Failure(error).saying("in the trash already: \(ids.map(\.short).joined(separator: ", "))")
        case .leftOpen(let id, let error):
            self = Failure(error).saying("snapshot \(id) stays open until a prune gives it up")
        case .suspended(let id, let error):
            self = Failure(error).saying("snapshot \(id) stays open, and the next backup of its source goes on with it")
        case .usage(let message, let object):
            self.init(.usage, sentence: "wrong usage: \(message)", about: object, "see --help")
        case .noSource(let path, let detail):
            self.init(.failed, "nothing to back up, so no snapshot was taken (\(detail))", path, "correct the path")
        case .target(let path, let detail): self.init(.failed, detail, path, "")
        case .noRoom(let place, let needed, let free):
            self.init(
                .noSpace, "not enough room: \(ByteCount(needed)) needed, \(ByteCount(free)) free", place,
                "name another place with --into, or take less with --sample")
        case .unwritable(let object, let detail):
            self.init(
                .failed, "what was to be written could not be read again, so it was not (\(detail))", object,
                "name less, or leave it out with --exclude; if it is an ordinary file, report this")
        }
    }

    /// Whatever else is to be done, the last step is the same.
    private func unfinished(in cluster: String) -> Failure {
        let again = "run the same command again: it goes on where it was"
        let isEnough = remedy.isEmpty || remedy == "run it again"
        return inCluster(cluster).withRemedy(isEnough ? again : "\(remedy); then \(again)")
    }

    private init(_ name: ObjectName, _ error: FormatError) {
        let remedy = error.isNewer ? "use the newer holdfast" : "see what else is affected: holdfast check"
        self.init(.damaged, error.description, name.text, remedy)
    }

    /// All envelopes refused: the first reason decides, and every CMK is named with its own.
    private init(snapshot id: SnapshotID, _ refusals: [(cmk: CMK, reason: HoldfastError)]) {
        guard let first = refusals.first else {
            self.init(
                .cmkUnavailable, sentence: "no envelope opens snapshot \(id)", about: "\(id)", "it needs a CMK that was left out")
            return
        }
        let reasons = refusals.map { refusal in
            let failure = Failure(refusal.reason)
            let isTold = failure.isObjectTold || failure.object == refusal.cmk.uri
            let place = isTold ? "" : ": \(failure.object)"
            return "\(failure.what)\(place) (\(refusal.cmk))"
        }
        let failure = Failure(first.reason)
        self.init(
            failure.status, sentence: "snapshot \(id) does not open: \(reasons.joined(separator: "; "))", about: "\(id)",
            failure.remedy)
    }
}
