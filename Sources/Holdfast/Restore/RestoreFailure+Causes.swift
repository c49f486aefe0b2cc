import Glibc
import HoldfastModel
import HoldfastStorage

extension RestoreFailure {
    init(_ path: [UInt8], _ error: RestoreError) {
        let isFull = if case .failed(_, let system) = error { system.code == ENOSPC || system.code == EDQUOT } else { false }
        self.init(path: path, message: error.message, cause: isFull ? .noSpace : .target, object: nil)
    }

    /// A part of the listing is lost: of what it told of nothing is restored.
    init(_ gap: ListingGap) throws(HoldfastError) {
        guard let failure = RestoreFailure(gap.from, damage: gap.cause) else { throw gap.cause }
        self.init(
            path: gap.from, message: "the listing is lost from here \(gap.end): \(failure.message)", cause: .damage,
            object: failure.object)
    }

    /// Nil where the error is no damage: then the restore itself failed, not one path of it.
    init?(_ path: [UInt8], damage error: HoldfastError) {
        switch error {
        case .object(let name, let reason):
            self.init(path: path, message: "\(name) is damaged or was tampered with (\(reason))", cause: .damage, object: name)
        case .missing(let name, _):
            self.init(path: path, message: "\(name) is missing", cause: .damage, object: name)
        case .store(.damaged(let name, let detail)):
            self.init(path: path, message: "\(name) is damaged: \(detail)", cause: .damage, object: name)
        case .inconsistent(let what, let detail):
            self.init(path: path, message: "\(what): \(detail)", cause: .damage, object: nil)
        default:
            return nil
        }
    }
}
