import NIOCore
import NIOPosix
import Synchronization

/// An HTTP proxy on the loopback interface. It takes CONNECT alone, and leads everybody to one port of this machine, whatever name they
/// ask for: so a name that exists nowhere is reached through it and through nothing else.
package final class ConnectProxy: Sendable {
    /// What `Proxy-Authorization` has to say; nil where everybody may come.
    private let authorization: String?
    private let places = Mutex<[String]>([])

    package init(authorization: String? = nil) { self.authorization = authorization }

    /// Every `HOST:PORT` that was asked for and granted.
    package var granted: [String] { places.withLock(\.self) }

    /// Serves while `body` runs, at the port that it is given.
    package func serving<Answer>(to port: Int, _ body: (Int) async throws -> Answer) async throws -> Answer {
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { [self] channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(TunnelEntrance(self, to: port))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        guard let own = channel.localAddress?.port else { preconditionFailure("a bound channel has a port") }
        let outcome: Result<Answer, any Error>
        do { outcome = .success(try await body(own)) } catch { outcome = .failure(error) }
        try? await channel.close()
        return try outcome.get()
    }

    /// The answer to a request's head, and whether a tunnel is to follow.
    fileprivate func judge(_ head: String) -> (answer: String, isGranted: Bool) {
        let lines = head.split(separator: "\r\n")
        let words = (lines.first ?? "").split(separator: " ")
        guard words.count == 3, words[0] == "CONNECT" else {
            return ("HTTP/1.1 405 Not here\r\nContent-Length: 0\r\n\r\n", false)
        }
        let given = lines.first { $0.lowercased().hasPrefix("proxy-authorization:") }?.drop { $0 != " " }.dropFirst()
        guard authorization == nil || given.map(String.init) == authorization else {
            return ("HTTP/1.1 407 Who are you\r\nContent-Length: 0\r\n\r\n", false)
        }
        places.withLock { $0.append(String(words[1])) }
        return ("HTTP/1.1 200 Go on\r\n\r\n", true)
    }
}

/// The side of the client: reads the request, then passes on what comes.
private final class TunnelEntrance: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let proxy: ConnectProxy
    private let port: Int
    private var head = ""
    private var exit: (any Channel)?

    init(_ proxy: ConnectProxy, to port: Int) { (self.proxy, self.port) = (proxy, port) }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let part = unwrapInboundIn(data)
        if let exit { return exit.writeAndFlush(part, promise: nil) }
        head += String(buffer: part)
        guard head.hasSuffix("\r\n\r\n") else { return }
        let (answer, isGranted) = proxy.judge(head)
        guard isGranted else {
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: answer)), promise: nil)
            return context.close(promise: nil)
        }
        let client = context.channel
        ClientBootstrap(group: context.eventLoop)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(TunnelExit(to: client)) }
            }
            .connect(host: "127.0.0.1", port: port).assumeIsolated()
            .whenComplete { outcome in
                guard case .success(let channel) = outcome else { return client.close(promise: nil) }
                self.exit = channel
                client.writeAndFlush(ByteBuffer(string: answer), promise: nil)
            }
    }

    func channelInactive(context: ChannelHandlerContext) { exit?.close(promise: nil) }
}

/// The side of the server: passes back what comes.
private final class TunnelExit: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let client: any Channel

    init(to client: any Channel) { self.client = client }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) { client.writeAndFlush(unwrapInboundIn(data), promise: nil) }

    func channelInactive(context: ChannelHandlerContext) { client.close(promise: nil) }
}
