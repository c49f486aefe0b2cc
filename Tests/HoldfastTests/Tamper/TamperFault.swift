import Holdfast
import HoldfastFormat
import HoldfastModel

/// What a restore said of a repository that was tampered with, without the details.
enum TamperFault: Hashable, Sendable {
    /// The right bytes, all of them.
    case none
    /// Wrong bytes, and not a word.
    case wrong
    /// There is no such snapshot to be restored.
    case absent
    case notHoldfast, newer, truncated, limit, repository, snapshot, json, order, commitment, header, body, damaged
    /// A CMK that the project does not list, or an envelope that its key manager refuses.
    case envelope
    /// A cluster of another name.
    case cluster
    case chunk, missing, inconsistent
    case other

    init(_ error: HoldfastError) {
        switch error {
        case .object(_, let error): self.init(error)
        case .cannotOpen(_, let refusals): self = refusals.first.map { TamperFault($0.reason) } ?? .other
        case .untrusted, .keyManager: self = .envelope
        case .refused: self = .cluster
        case .missing: self = .missing
        case .inconsistent: self = .inconsistent
        case .store(.damaged): self = .truncated
        default: self = .other
        }
    }

    private init(_ error: FormatError) {
        switch error {
        case .notHoldfast: self = .notHoldfast
        case .newerFormat: self = .newer
        case .truncated: self = .truncated
        case .limit: self = .limit
        case .wrongRepository: self = .repository
        case .wrongSnapshot: self = .snapshot
        case .json: self = .json
        case .packTableOrder: self = .order
        case .commitment: self = .commitment
        case .headerTampered: self = .header
        case .bodyTampered, .bodyTruncated, .bodyExtended: self = .body
        case .damaged: self = .damaged
        case .chunkTampered, .chunkHashMismatch: self = .chunk
        case .record, .malformed, .listingOrder, .unknownCriticalField: self = .other
        }
    }
}
