import NIOCore
import NIOHTTP1

/// Collects one request after the other on a connection and answers each.
final class FakeRequestHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let answer: @Sendable (ObservedRequest) -> FakeReply
    private var head: HTTPRequestHead?
    private var body: [UInt8] = []

    init(_ answer: @escaping @Sendable (ObservedRequest) -> FakeReply) { self.answer = answer }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            body = []
        case .body(let part): body += part.readableBytesView
        case .end:
            guard let head else { return }
            let request = ObservedRequest(method: head.method.rawValue, target: head.uri, headers: head.headers, body: body)
            body = []
            reply(answer(request), to: head, context: context)
        }
    }

    private func reply(_ reply: FakeReply, to request: HTTPRequestHead, context: ChannelHandlerContext) {
        guard reply.delivery != .hangUp else { return context.close(promise: nil) }
        var headers = reply.headers
        if !headers.contains(name: "Content-Length") { headers.add(name: "Content-Length", value: "\(reply.body.count)") }
        let head = HTTPResponseHead(version: request.version, status: .init(statusCode: reply.status), headers: headers)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        let isTruncated = reply.delivery == .truncated
        if request.method != .HEAD {
            let body = isTruncated ? Array(reply.body.prefix(reply.body.count / 2)) : reply.body
            context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: body)))), promise: nil)
        }
        guard isTruncated else { return context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil) }
        context.flush()
        context.close(promise: nil)
    }
}
