import HoldfastFormat
import HoldfastModel

/// Short, for notes within a sentence; the command line makes its own sentences of errors.
extension HoldfastError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .store(let error): "the store: \(error)"
        case .keyManager(let error): error.reason
        case .object(let name, let error): "\(name): \(error)"
        case .missing(let name, let purpose): "\(name) is missing, needed for \(purpose)"
        case .keyLogEnds(let name, let id): "\(name) is missing, needed for snapshot \(id)"
        case .inconsistent(let object, let detail): "\(object): \(detail)"
        case .noActiveCMK(let cluster): "no CMK is active in \(cluster)"
        case .untrusted(let cmk): "the project does not list \(cmk)"
        case .cannotOpen(let id, let refusals):
            refusals.isEmpty
                ? "no envelope of \(id.short) is left to try"
                : refusals.map { "\($0.cmk): \($0.reason)" }.joined(separator: "; ")
        case .noSuchSnapshot(let text): "no snapshot \(text)"
        case .ambiguousSnapshot(let text, _): "\(text) names several snapshots"
        case .noSuchPath(let path): "no \(path)"
        case .unknownCMK(let cmk): "nothing of the project knows \(cmk)"
        case .lostRace(let what, _): what
        case .witness(let error): "\(error)"
        case .alarm(let alarms): alarms.map { "\($0)" }.joined(separator: "; ")
        case .busy(let source): "a backup of \(source) is running on this machine"
        case .refused(let what, _, _): what
        case .unfinished(let cluster, let error): "cluster \(cluster): \(error)"
        case .partlyForgotten(let ids, let error): "in the trash already: \(ids.map(\.short).joined(separator: ", ")); \(error)"
        case .leftOpen(let id, let error): "\(error); snapshot \(id) stays open until a prune gives it up"
        case .suspended(let id, let error):
            "\(error); snapshot \(id) stays open, and the next backup of its source goes on with it"
        case .usage(let text, _): text
        case .noSource(let path, let detail): "\(path): \(detail)"
        case .target(let path, let detail): "\(path): \(detail)"
        case .noRoom(let place, let needed, let free):
            "\(place): \(ByteCount(Int64(clamping: needed))) needed, \(ByteCount(Int64(clamping: free))) free"
        case .unwritable(let object, let detail): "\(object): nobody could read it again: \(detail)"
        case .interrupted: "interrupted"
        }
    }
}

extension KeyManagerError {
    /// What the key manager said, without what to do about it.
    package var reason: String {
        switch self {
        case .state(let cmk, let state): "\(cmk) is \(state.rawValue.replacing("_", with: " "))"
        case .notFound(let cmk): "\(cmk) is not there"
        case .denied(let cmk, let detail, _): "access to \(cmk) is denied: \(detail)"
        case .unsuitable(let cmk, let detail): "\(cmk): \(detail)"
        case .incorrect(let cmk): "the envelope does not open under \(cmk)"
        case .foreignProject(let cmk, let project): "\(cmk) is of project \(project)"
        case .unreachable(let what, let detail): "\(what) does not answer: \(detail)"
        case .passphrase(_, let detail): detail
        case .noSpace(let path): "no space is left for the keyring \(path)"
        case .keyring(let path, let detail): isDamage ? "the keyring \(path) is \(detail)" : "the keyring \(path) \(detail)"
        case .newerKeyring(let path): "the keyring \(path) was written by a newer Holdfast"
        case .olderKeyring(let path): "the keyring \(path) is an older copy than was seen here, and is not changed"
        }
    }
}

extension KeyManagerSilence {
    /// A keyring that is there and cannot be used is nothing to wait for.
    init(_ error: KeyManagerError) {
        let remedy: String? =
            switch error {
            case .keyring(let path, _):
                error.isDamage ? "put back a copy of \(path) that is whole" : "mend what is wrong with \(path)"
            case .newerKeyring: "use the newer Holdfast that wrote it"
            case .olderKeyring: Self.remedyOfOlderCopy
            default: nil
            }
        self.init(reason: error.reason, remedy: remedy)
    }
}
