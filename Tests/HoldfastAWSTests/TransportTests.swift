import HoldfastAWS
import HoldfastModel
import HoldfastTestingAWS
import NIOHTTP1
import Testing

@Suite("HTTP over the network")
struct TransportTests {
    /// Sends one request to a server that answers these bytes.
    private func send(
        to answer: String, method: HTTPRequest.Method = .get, limit: Int = 100, pace: AnswerPace = AnswerPace()
    ) async throws -> Result<HTTPResponse, TransportError> {
        var outcome: Result<HTTPResponse, TransportError> = .failure(.cancelled)
        try await CannedServer.serving(Array(answer.utf8)) { port in
            let endpoint = Endpoint(isSecure: false, host: "127.0.0.1", port: port)
            outcome = await attempt(
                HTTPRequest(method, endpoint, timeLimit: .seconds(60), pace: pace, responseLimit: limit))
        }
        return outcome
    }

    private func attempt(_ request: HTTPRequest) async -> Result<HTTPResponse, TransportError> {
        let transport = AsyncHTTPTransport(userAgent: "holdfast-tests")
        let outcome: Result<HTTPResponse, TransportError>
        do throws(TransportError) {
            outcome = .success(try await transport.send(request))
        } catch {
            outcome = .failure(error)
        }
        await transport.shutdown()
        return outcome
    }

    @Test("an answer comes with its status, headers and bytes")
    func answer() async throws {
        let answer = try await send(to: "HTTP/1.1 404 No\r\nContent-Length: 3\r\nx-amz-request-id: r\r\n\r\nabc").get()
        #expect(answer.status == 404)
        #expect(answer.body == Array("abc".utf8))
        #expect(answer.requestID == "r")
    }

    @Test("a redirection is an answer, and not followed")
    func redirect() async throws {
        let answer = try await send(
            to: "HTTP/1.1 302 Elsewhere\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"
        ).get()
        #expect(answer.status == 302)
    }

    @Test("an answer that is longer than allowed is refused, told or not", arguments: ["Content-Length: 101\r\n", ""])
    func tooLong(header: String) async throws {
        let answer = "HTTP/1.1 200 OK\r\n\(header)Connection: close\r\n\r\n" + String(repeating: "x", count: 101)
        guard case .failure(.tooLong(_, limit: 100)) = try await send(to: answer) else {
            Issue.record("it was taken")
            return
        }
    }

    @Test("HEAD tells a length without bytes")
    func head() async throws {
        let answer = try await send(to: "HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n", method: .head).get()
        #expect(answer.headers.first(name: "content-length") == "5000")
        #expect(answer.body.isEmpty)
    }

    @Test("an answer that is cut short is lost", arguments: ["", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"])
    func lost(answer: String) async throws {
        guard case .failure(.lost) = try await send(to: answer) else {
            Issue.record("it was taken")
            return
        }
    }

    @Test("an answer that comes more slowly than its pace is given up, however long it was to become")
    func dripping() async throws {
        // No body comes in no time at all.
        let pace = AnswerPace(patience: .zero, slowest: .max)
        let outcome = try await send(to: "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc", pace: pace)
        guard case .failure(.timedOut) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(AnswerPace(patience: .seconds(30), slowest: 10).limit(byteCount: 50) == .seconds(35))
    }

    @Test("nobody there, a name without an address and a server without TLS are told apart, and nothing was sent")
    func unreachable() async throws {
        let refused = await attempt(HTTPRequest(.get, Endpoint(isSecure: false, host: "127.0.0.1", port: 1)))
        guard case .failure(.refused) = refused else {
            Issue.record("\(refused)")
            return
        }
        let unresolved = await attempt(HTTPRequest(.get, Endpoint(host: "no-such-host.invalid")))
        guard case .failure(.unresolved) = unresolved else {
            Issue.record("\(unresolved)")
            return
        }
        try await CannedServer.serving(Array("HTTP/1.1 200 OK\r\n\r\n".utf8)) { port in
            let plain = await attempt(HTTPRequest(.get, Endpoint(host: "127.0.0.1", port: port)))
            guard case .failure(let error) = plain, case .tls = error else {
                Issue.record("\(plain)")
                return
            }
            #expect(!error.mayHaveArrived)
        }
    }

    @Test("what is never answered is given up, and may have arrived")
    func silence() async throws {
        try await CannedServer.serving(nil) { port in
            let endpoint = Endpoint(isSecure: false, host: "127.0.0.1", port: port)
            let outcome = await attempt(HTTPRequest(.get, endpoint, timeLimit: .milliseconds(200)))
            guard case .failure(let error) = outcome, case .timedOut = error else {
                Issue.record("\(outcome)")
                return
            }
            #expect(error.mayHaveArrived)
        }
    }
}
