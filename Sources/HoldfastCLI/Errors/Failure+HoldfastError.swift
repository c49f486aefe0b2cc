package import Holdfast
import HoldfastFormat
import HoldfastModel

extension Failure {
    package init(_ error: HoldfastError) {
        switch error {
        case .store(let error): self.init(error)
        case .keyManager(let error): self.init(error)
        case .witness(let error): self.init(error)
        case .object(let name, let error): self.init(name, error)
        case .missing(let name, let purpose):
            self.init(.damaged, "object missing, needed for \(purpose)", name.text, "see what else is affected: holdfast check")
        case .inconsistent(let object, let detail):
            self.init(.damaged, detail, object, "see what else is affected: holdfast check")
        case .noActiveCMK(let cluster):
            self.init(.cmkUnavailable, "no CMK is active", "cluster \(cluster)", "activate one: holdfast keys rotate --to URI")
        case .untrusted(let cmk):
            self.init(.cmkUnavailable, "CMK not trusted", cmk.uri, "if it is yours, add it to cmks: in the project file")
        case .cannotOpen(let id, let refusals): self.init(snapshot: id, refusals)
        case .noSuchSnapshot(let text): self.init(.failed, "no such snapshot", text, "see holdfast snapshots")
        case .ambiguousSnapshot(let text, let ids):
            self.init(.usage, "several snapshots begin so", text, "name one of \(ids.map(\.hex).joined(separator: ", "))")
        case .noSuchPath(let path): self.init(.failed, "no such path in the snapshot", path, "see holdfast ls")
        case .lostRace(let what): self.init(.lostRace, "somebody else was first", what, "nothing was lost: run it again")
        case .alarm(let alarms):
            self.init(
                .damaged, "the repository is not what this machine remembers", alarms.joined(separator: "; "),
                "find out why before you go on; if it is right so: holdfast check --accept ID")
        case .busy(let source):
            self.init(.failed, "a backup of it is running on this machine", source, "let it finish")
        case .refused(let what, let remedy): self.init(.failed, "refused", what, remedy)
        case .usage(let message): self.init(.usage, "wrong usage", message, "see --help")
        case .noSource(let source): self.init(.failed, "nothing to back up: no snapshot was taken", source, "correct the path")
        case .target(let path, let detail): self.init(.failed, detail, path, "")
        case .interrupted:
            self.init(
                .interrupted, "interrupted", "", "the repository is whole, and what was stored will not be stored again")
        }
    }

    private init(_ name: ObjectName, _ error: FormatError) {
        let remedy = error == .newerFormat ? "use the newer holdfast" : "see what else is affected: holdfast check"
        self.init(.damaged, error.description, name.text, remedy)
    }

    /// All envelopes refused: the first reason decides, and every CMK is named with its own.
    private init(snapshot id: SnapshotID, _ refusals: [(cmk: CMK, reason: HoldfastError)]) {
        guard let first = refusals.first else {
            self.init(.cmkUnavailable, "no envelope opens it", "snapshot \(id)", "it needs a CMK that was left out")
            return
        }
        let reasons = refusals.map { refusal in
            let failure = Failure(refusal.reason)
            let place = failure.object == refusal.cmk.uri ? "" : ": \(failure.object)"
            return "\(failure.what)\(place) (\(refusal.cmk))"
        }
        let failure = Failure(first.reason)
        self.init(failure.status, reasons.joined(separator: "; "), "snapshot \(id)", failure.remedy)
    }
}
