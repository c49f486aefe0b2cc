import AsyncHTTPClient
import HoldfastModel
import NIOCore
import NIOHTTP1

/// Posts one JSON document to a webhook.
struct WebhookPost: Sendable {
    /// Without an answer for so long it has not arrived.
    private static let limit = TimeAmount.seconds(30)

    let webhook: Webhook

    /// Throws `Failure` unless the answer is 2xx. A redirection is not followed: the news go where the project file says, or nowhere.
    func send(_ body: [UInt8]) async throws {
        var request = HTTPClientRequest(url: webhook.url)
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/json")
        request.headers.add(name: "User-Agent", value: Version.tool)
        request.body = .bytes(body)
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        // Whoever refuses to be connected to is asked again by the next audit.
        configuration.connectionPool.retryConnectionEstablishment = false
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        let status: UInt
        do {
            status = try await client.execute(request, timeout: Self.limit).status.code
            try await client.shutdown()
        } catch {
            try await client.shutdown()
            throw failure("\(error)")
        }
        guard (200..<300).contains(status) else { throw failure("it answered \(status)") }
    }

    private func failure(_ why: String) -> Failure {
        Failure(
            .failed, "webhook failed, so the news will be told again (\(why))", webhook.host,
            "correct webhook: in the project file")
    }
}
