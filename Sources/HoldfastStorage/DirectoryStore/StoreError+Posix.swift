import CPosix
import Glibc
package import HoldfastModel

extension StoreError {
    /// What a failed call means for the object that it was about.
    package init(_ error: PosixError, _ name: ObjectName) {
        switch error.code {
        case ENOENT: self = .notFound(name)
        case ENOSPC, EDQUOT: self = .noSpace(name)
        case ENOTDIR, EISDIR, ELOOP: self = .damaged(name, detail: "\(error)")
        // What cannot be written is no damage to what stands; what cannot be removed, cannot be looked at.
        case _ where error.tellsOfDamage && ["open", "stat", "read", "unlink"].contains(error.operation):
            self = .damaged(name, detail: "\(error)")
        default: self.init(error, on: name.text)
        }
    }

    /// What a failed call means where no single object was meant.
    package init(_ error: PosixError, on text: String) {
        switch error.code {
        case EACCES, EPERM, EROFS: self = .denied(text, detail: "\(error)")
        default: self = .unavailable(text, detail: "\(error)")
        }
    }
}
