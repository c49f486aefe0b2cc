import NIOCore
import NIOHTTP1
import NIOPosix

/// Answers whatever uploads need to hear, and drops what it is sent: it measures the client alone.
struct NullServer {
    let port: Int

    /// Serves on the loopback interface until the process ends.
    func run() async throws {
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 1 << 20))
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(NullHandler())
                }
            }
            .bind(host: "127.0.0.1", port: port).get()
        try await channel.closeFuture.get()
    }
}

private final class NullHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private var head: HTTPRequestHead?

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            guard head.headers.first(name: "Expect")?.lowercased() == "100-continue" else { return }
            let goOn = HTTPResponseHead(version: head.version, status: .continue)
            context.writeAndFlush(wrapOutboundOut(.head(goOn)), promise: nil)
        case .body: return
        case .end:
            guard let head else { return }
            let body = Self.body(answering: head)
            let headers: HTTPHeaders = [
                "ETag": "\"0\"", "Content-Length": "\(body.utf8.count)", "Content-Type": "application/xml",
            ]
            let answer = HTTPResponseHead(version: head.version, status: .ok, headers: headers)
            context.write(wrapOutboundOut(.head(answer)), promise: nil)
            context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: body)))), promise: nil)
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        }
    }

    private static func body(answering head: HTTPRequestHead) -> String {
        guard head.method == .POST else { return "" }
        return head.uri.contains("uploads")
            ? "<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>"
            : "<CompleteMultipartUploadResult><ETag>x</ETag></CompleteMultipartUploadResult>"
    }
}
