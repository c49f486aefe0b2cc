import ArgumentParser
import Glibc
import Holdfast
import HoldfastAWS
import HoldfastCatalog
import HoldfastFormat
import HoldfastModel
import HoldfastStorage

extension Failure {
    /// Any error that a command throws.
    package init(_ error: any Error) {
        switch error {
        case let failure as Failure: self = failure
        case let error as HoldfastError: self.init(error)
        case let error as StoreError: self.init(HoldfastError.store(error))
        case let error as KeyManagerError: self.init(HoldfastError.keyManager(error))
        case let error as ProjectFileError: self.init(error)
        case let error as CredentialError: self.init(error)
        case let error as WitnessError: self.init(error)
        case let error as DrillMemoryError:
            self.init(Failure(error.cause).status, sentence: error.description, about: error.path, "")
        case let error as FormatError: self.init(.damaged, error.description, "", "see holdfast check")
        case let error as PosixError: self.init(error)
        case let error as OutputClosed:
            self.init(PosixError(code: error.code, operation: "write", path: "/dev/stdout"))
        case is CancellationError: self.init(HoldfastError.interrupted)
        default: self.init(.failed, "failed: \(error)", "", "")
        }
    }

    /// That of an error after which all else goes on. Throws it where it ends the whole run: an interruption, or an output that is closed.
    init(passing error: any Error) throws {
        self.init(error)
        if status == .interrupted || error is OutputClosed { throw error }
    }

    init(_ error: ProjectFileError) {
        switch error {
        case .invalid(let file, _), .unsuitable(let file, _), .noPlaceForID(let file, _, _), .noPlace(let file, _):
            self.init(.usage, sentence: error.description, about: file, "")
        case .notFound(let places):
            self.init(
                .usage, sentence: "no project file: \(places.joined(separator: ", "))", about: places.first ?? "",
                "write one with holdfast init, or name it with -p")
        case .exists(let file): self.init(.failed, sentence: error.description, about: file, "")
        case .changed(let file): self.init(.lostRace, sentence: error.description, about: file, "")
        case .io(let error): self.init(error)
        }
    }

    init(_ error: WitnessError) {
        switch error {
        case .damaged(let path, _): self.init(.damaged, sentence: error.description, about: path, "")
        case .newerVersion(let path, _), .otherRepository(let path, _), .exposed(let path), .busy(let path),
            .unusable(let path, _):
            self.init(.failed, sentence: error.description, about: path, "")
        case .noSpace(let path): self.init(.noSpace, sentence: error.description, about: path, "")
        }
    }

    /// A system call of this machine, on a file outside of any repository.
    init(_ error: PosixError) {
        let (status, remedy): (ExitStatus, String) =
            switch error.code {
            case ENOSPC, EDQUOT: (.noSpace, "make room, and run it again")
            case EACCES, EPERM, EROFS: (.failed, "correct the rights, or where it is")
            case ENOENT, ENOTDIR, EISDIR, ELOOP, EEXIST: (.failed, "correct the path")
            default: (.failed, "see to its disk, and run it again")
            }
        self.init(status, "cannot \(error.operation) (\(error.reason))", error.path, remedy)
    }
}
