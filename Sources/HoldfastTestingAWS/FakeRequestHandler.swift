import NIOCore
import NIOHTTP1

/// Collects one request after the other on a connection and answers each.
final class FakeRequestHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let fake: FakeAWS
    private var head: HTTPRequestHead?
    private var body: [UInt8] = []

    init(_ fake: FakeAWS) { self.fake = fake }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            body = []
        case .body(let part): body += part.readableBytesView
        case .end:
            guard let head else { return }
            let request = ObservedRequest(
                method: head.method.rawValue, target: head.uri, headers: head.headers, body: body)
            reply(fake.answer(request), to: head, context: context)
        }
    }

    private func reply(_ reply: FakeReply, to head: HTTPRequestHead, context: ChannelHandlerContext) {
        switch reply {
        case .nothing: return
        case .hangUp: context.close(promise: nil)
        case .answer(let status, let type, let body, let requestID):
            let headers: HTTPHeaders = [
                "Content-Type": type, "Content-Length": "\(body.count)", "x-amzn-RequestId": requestID,
            ]
            let head = HTTPResponseHead(version: head.version, status: .init(statusCode: status), headers: headers)
            context.write(wrapOutboundOut(.head(head)), promise: nil)
            context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: body)))), promise: nil)
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        }
    }
}
