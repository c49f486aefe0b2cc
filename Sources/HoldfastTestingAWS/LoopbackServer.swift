import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// An HTTP server on a free port of the loopback interface, for as long as a test runs.
enum LoopbackServer {
    /// Serves while `body` runs, at the address that it is given: `http://127.0.0.1:PORT`. `answeringMalformed`: whether what is no HTTP
    /// is answered with 400; else the connection ends. `tls`: what the server proves itself with; nil for plain HTTP.
    static func serving<Answer>(
        answeringMalformed: Bool = true, tls: NIOSSLContext? = nil, _ answer: @escaping @Sendable (ObservedRequest) -> FakeReply,
        _ body: (String) async throws -> Answer
    ) async throws -> Answer {
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls { try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls)) }
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline(withErrorHandling: answeringMalformed)
                    try channel.pipeline.syncOperations.addHandler(FakeRequestHandler(answer))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        guard let port = channel.localAddress?.port else { preconditionFailure("a bound channel has a port") }
        let outcome: Result<Answer, any Error>
        do { outcome = .success(try await body("http://127.0.0.1:\(port)")) } catch { outcome = .failure(error) }
        try? await channel.close()
        return try outcome.get()
    }
}
