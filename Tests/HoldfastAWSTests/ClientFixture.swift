import HoldfastAWS
import HoldfastModel
import Synchronization

/// A client over a transport that answers what a test says; time passes only in its records.
final class ClientFixture: HTTPTransport, CredentialSource {
    enum Answer {
        case success(Int)
        case failure(TransportError)
    }

    private let answers: Mutex<[Answer]>
    private let count = Mutex(0)
    private let slept = Mutex<[Duration]>([])

    let request = HTTPRequest(.post, Endpoint(host: "kms.us-east-1.amazonaws.com"))

    init(_ answers: [Answer]) { self.answers = Mutex(answers) }

    var sent: Int { count.withLock(\.self) }
    var pauses: [Duration] { slept.withLock(\.self) }

    var timing: RequestTiming {
        RequestTiming(
            now: { Timestamp(seconds: 1_800_000_000) }, elapsed: { .zero },
            sleep: { [self] duration in slept.withLock { $0.append(duration) } }, random: { 0.5 })
    }

    func client(budget: RetryBudget = RetryBudget(), limiter: RateLimiter? = nil) -> SignedClient {
        SignedClient(
            transport: self, credentials: self, signer: RequestSigner(service: "kms", region: "us-east-1"), timing: timing,
            budget: budget, limiter: limiter)
    }

    static func judge(_ response: HTTPResponse) -> ResponseJudgement {
        switch response.status {
        case 500...: .tryAgain
        case 403: .renewCredentials
        default: .final
        }
    }

    func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        count.withLock { $0 += 1 }
        let answer = answers.withLock { $0.isEmpty ? .failure(.lost("fixture", detail: "no answer left")) : $0.removeFirst() }
        switch answer {
        case .success(let status): return HTTPResponse(status: status)
        case .failure(let error): throw error
        }
    }

    func credentials() -> Credentials { Credentials(accessKeyID: "first", secretKey: "s", origin: .explicit) }
    func credentials(insteadOf spent: Credentials) -> Credentials {
        Credentials(accessKeyID: "renewed", secretKey: "s", origin: .explicit)
    }
}
