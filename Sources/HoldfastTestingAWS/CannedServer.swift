import NIOCore
import NIOPosix

/// Answers every connection with the same bytes, whatever was asked, and closes it: for what no HTTP library would send. Without bytes it
/// never answers.
package enum CannedServer {
    /// Serves while `body` runs, at the port that it is given.
    package static func serving(_ bytes: [UInt8]?, _ body: (Int) async throws -> Void) async throws {
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    guard let bytes else { return }
                    try channel.pipeline.syncOperations.addHandler(CannedAnswer(bytes))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        do {
            try await body(channel.localAddress?.port ?? 0)
        } catch {
            try? await channel.close()
            throw error
        }
        try? await channel.close()
    }
}

private final class CannedAnswer: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes)), promise: nil)
        context.close(promise: nil)
    }
}
