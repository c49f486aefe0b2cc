package import HoldfastModel
import Synchronization

/// AWS KMS and STS as a strict server on the loopback interface: it verifies every signature by code of its own, and takes key states,
/// policies, families and encryption contexts as literally as AWS does.
///
/// One address serves all Regions: which one is meant, the signature's scope says.
package final class FakeAWS: Sendable {
    /// How a Region behaves.
    package enum Weather: Hashable, Sendable {
        case fair
        /// Connections are closed without an answer.
        case closed
        /// Nothing is ever answered; see `silentStatus`.
        case silent
        /// So many requests are answered with this error, then all is fair.
        case failing(code: String, status: Int, times: Int)
    }

    /// What fakes answer in place of nothing: a time limit that a test waited for would strike as well what a busy machine is slow to answer.
    package static let silentStatus = 599

    let cloud: Mutex<FakeCloud>

    /// `now` is what signatures and expiry are held against.
    package init(now: @escaping @Sendable () -> Timestamp) { cloud = Mutex(FakeCloud(now: now)) }

    /// Serves while `body` runs, at the address that it is given: `http://127.0.0.1:PORT`.
    package func serving<Answer>(_ body: (String) async throws -> Answer) async throws -> Answer {
        try await LoopbackServer.serving({ [self] in answer($0) }, body)
    }

    /// What becomes of a request.
    func answer(_ request: ObservedRequest) -> FakeReply { cloud.withLock { $0.answer(request) } }

    /// Every request that came, as `REGION Operation`, refused ones included.
    package var log: [String] { cloud.withLock(\.log) }

    package func forget() { cloud.withLock { $0.log = [] } }
}
