import HoldfastModel
import NIOHTTP1

/// Sends requests to one bucket and tells an answer that is no from no answer.
struct S3Client: Sendable {
    let bucket: S3Bucket
    let region: String
    let options: S3Options
    let timing: RequestTiming
    let policy: RetryPolicy
    private let client: SignedClient
    /// Requests wait here before their time begins to count.
    private let gate: AsyncGate

    init(
        bucket: S3Bucket, region: String, options: S3Options, timing: RequestTiming, policy: RetryPolicy, client: SignedClient
    ) {
        self.bucket = bucket
        self.region = region
        self.options = options
        self.timing = timing
        self.policy = policy
        self.client = client
        gate = AsyncGate(max(1, options.concurrency))
    }

    /// A good answer. Throws `S3Failure` for any other.
    ///
    /// With `request.isRepeatable` false only what the server says that it did not do is asked for again. What it may have done, an
    /// internal error among that, is `.lost`.
    func send(_ request: HTTPRequest) async throws(S3Failure) -> HTTPResponse {
        let (method, isRepeatable) = (request.method, request.isRepeatable)
        let signed = try await exchange(request) { response in
            guard let fault = Self.fault(response, to: method) else { return .final }
            return Self.judge(fault, isRepeatable: isRepeatable)
        }
        let response = signed.response
        guard let fault = Self.fault(response, to: method) else { return response }
        // Even when asked for again a conflict may be with a write of our own that is under way still.
        if !isRepeatable, [.internalError, .conflict].contains(fault.kind) { throw .lost(fault.text) }
        throw .fault(fault, "\(signed.credentials)")
    }

    /// Any answer at all, asked for once: for what stands in its head.
    func peek(_ request: HTTPRequest) async throws(S3Failure) -> HTTPResponse {
        try await exchange(request) { _ in .final }.response
    }

    private func exchange(
        _ request: HTTPRequest, judge: @Sendable (HTTPResponse) -> ResponseJudgement
    ) async throws(S3Failure) -> SignedResponse {
        var request = request
        if let owner = options.expectedBucketOwner {
            request.headers.replaceOrAdd(name: "x-amz-expected-bucket-owner", value: owner)
        }
        await gate.enter()
        defer { gate.leave() }
        do throws(RequestError) {
            return try await client.send(request, judge: judge)
        } catch {
            throw S3Failure(error)
        }
    }

    private static func judge(_ fault: S3Fault, isRepeatable: Bool) -> ResponseJudgement {
        switch fault.kind {
        case .passing, .conflict: .tryAgain
        case .internalError: isRepeatable ? .tryAgain : .final
        case .spentCredentials: .renewCredentials
        default: .final
        }
    }

    /// Nil for a success. What answers a POST begins before S3 knows what it will say, and may say in its body that it went wrong.
    private static func fault(_ response: HTTPResponse, to method: HTTPRequest.Method) -> S3Fault? {
        guard response.isSuccess else { return S3Fault(response) }
        guard method == .post, (try? XMLNode.parse(response.body))?.name == "Error" else { return nil }
        return S3Fault(response)
    }

    /// What a request may take that carries so many bytes: half a minute, and as much again as a slow line needs.
    static func timeLimit(byteCount: Int) -> Duration { AnswerPace().limit(byteCount: byteCount) }
}

/// Why a request to S3 was not done.
enum S3Failure: Error, Hashable, Sendable {
    /// S3 answered, and no: nothing was done. With whom it was said to.
    case fault(S3Fault, String)
    /// It may have been done.
    case lost(String)
    /// It may have been done: the answer was longer than any that was asked for.
    case tooLong(String)
    /// It was not done: nobody was there to ask.
    case unsent(String)
    /// There was nobody to ask as.
    case credentials(CredentialError)

    init(_ error: RequestError) {
        switch error {
        case .credentials(let error): self = .credentials(error)
        case .transport(.tooLong): self = .tooLong("\(error)")
        case .transport where error.mayHaveArrived: self = .lost("\(error)")
        case .transport: self = .unsent("\(error)")
        }
    }

    var kind: S3Fault.Kind? { if case .fault(let fault, _) = self { fault.kind } else { nil } }
}
