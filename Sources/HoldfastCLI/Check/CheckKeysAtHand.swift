import Holdfast
import HoldfastModel

/// Finds out whether `check --read-data` can have keys: without any it still holds packs against their names.
struct CheckKeysAtHand {
    private let context: ClusterContext
    private let session: Session

    init(_ context: ClusterContext, _ session: Session) {
        self.context = context
        self.session = session
    }

    /// Nil, and a note, where there are none. Throws where a passphrase was named and is wrong, or a keyring is there and damaged.
    func keys() async throws -> KeyManagers? {
        for view in try await context.repository.readSnapshots() where view.log.exists {
            do throws(HoldfastError) {
                _ = try await OpenedSnapshot.open(view, in: context.repository, with: context.keys)
            } catch .cannotOpen(_, let refusals) {
                guard let failure = refusals.compactMap({ absence($0.reason) }).first else { continue }
                if failure.status == .damaged || failure.status == .passphrase && namesPassphrase { throw failure }
                session.note("holdfast: without keys: packs are only held against their names (\(failure.message))")
                return nil
            } catch {
                continue
            }
            return context.keys
        }
        return context.keys
    }

    /// Why the key manager itself could not be used; nil where it only refused one CMK.
    private func absence(_ reason: HoldfastError) -> Failure? {
        switch reason {
        case .keyManager(.passphrase), .keyManager(.unreachable), .keyManager(.keyring), .keyManager(.state(_, .unreachable)):
            Failure(reason)
        default: nil
        }
    }

    private var namesPassphrase: Bool {
        session.options.passphraseFile != nil || session.options.passphraseDescriptor != nil
            || session.variable("HOLDFAST_PASSPHRASE_FILE") != nil
    }
}
