package import HoldfastModel
import NIOCore
import NIOHTTP1
import NIOPosix
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
        /// Nothing is ever answered.
        case silent
        /// So many requests are answered with this error, then all is fair.
        case failing(code: String, status: Int, times: Int)
    }

    let cloud: Mutex<FakeCloud>
    private let channel: Mutex<(any Channel)?> = Mutex(nil)

    /// `now` is what signatures and expiry are held against.
    package init(now: @escaping @Sendable () -> Timestamp) { cloud = Mutex(FakeCloud(now: now)) }

    /// Serves while `body` runs, at the address that it is given: `http://127.0.0.1:PORT`.
    package func serving<Answer>(_ body: (String) async throws -> Answer) async throws -> Answer {
        let url = try await start()
        do {
            let answer = try await body(url)
            await stop()
            return answer
        } catch {
            await stop()
            throw error
        }
    }

    private func start() async throws -> String {
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { [self] channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(FakeRequestHandler(self))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        self.channel.withLock { $0 = channel }
        guard let port = channel.localAddress?.port else { preconditionFailure("a bound channel has a port") }
        return "http://127.0.0.1:\(port)"
    }

    private func stop() async {
        let channel = channel.withLock { channel in
            defer { channel = nil }
            return channel
        }
        try? await channel?.close()
    }

    /// What becomes of a request.
    func answer(_ request: ObservedRequest) -> FakeReply { cloud.withLock { $0.answer(request) } }

    /// Every request that came, as `REGION Operation`, refused ones included.
    package var log: [String] { cloud.withLock(\.log) }

    package func forget() { cloud.withLock { $0.log = [] } }
}

/// What the fake sends back.
enum FakeReply: Sendable {
    case answer(status: Int, type: String, body: [UInt8], requestID: String)
    case hangUp
    case nothing
}
