import ArgumentParser
import Holdfast
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
        case let error as StoreError: self.init(error)
        case let error as KeyManagerError: self.init(error)
        case let error as ProjectFileError: self.init(error)
        case let error as WitnessError: self.init(error)
        case let error as FormatError: self.init(.damaged, error.description, "", "see holdfast check")
        case let error as GlobError: self.init(.usage, "not a pattern", error.description, "quote it from the shell")
        case let error as PosixError: self.init(.failed, error.reason, error.path, "")
        case is CancellationError: self.init(HoldfastError.interrupted)
        default: self.init(.failed, "failed", "\(error)", "")
        }
    }

    init(_ error: ProjectFileError) {
        switch error {
        case .invalid, .unsuitable, .noPlaceForID: self.init(.usage, error.description, "", "")
        case .notFound(let places):
            self.init(
                .usage, "no project file", places.joined(separator: ", "), "write one with holdfast init, or name it with -p")
        case .exists, .io: self.init(.failed, error.description, "", "")
        }
    }

    init(_ error: WitnessError) {
        switch error {
        case .damaged: self.init(.damaged, error.description, "", "")
        case .newerVersion, .otherRepository, .exposed, .busy, .unusable, .unknownSnapshot:
            self.init(.failed, error.description, "", "")
        }
    }
}
