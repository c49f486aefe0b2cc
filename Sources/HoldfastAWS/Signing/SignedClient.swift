/// Sends a service's requests: signed, at a bounded rate, and again after what passes by itself.
///
/// It knows nothing of what the answers mean; `judge` says which of them are worth another try.
package struct SignedClient: Sendable {
    private let transport: any HTTPTransport
    private let source: any CredentialSource
    private let signer: RequestSigner
    private let timing: RequestTiming
    private let policy: RetryPolicy
    private let budget: RetryBudget
    private let limiter: RateLimiter?

    package init(
        transport: any HTTPTransport, credentials: any CredentialSource, signer: RequestSigner, timing: RequestTiming,
        policy: RetryPolicy = RetryPolicy(), budget: RetryBudget = RetryBudget(), limiter: RateLimiter? = nil
    ) {
        self.transport = transport
        source = credentials
        self.signer = signer
        self.timing = timing
        self.policy = policy
        self.budget = budget
        self.limiter = limiter
    }

    /// The last answer, whatever it says, and the credentials that it was given to.
    ///
    /// Throws where no answer came, or none could be asked for. `request.isRepeatable` false: an answer that was lost is not asked for
    /// again, and the error's `mayHaveArrived` says what is known.
    package func send(
        _ request: HTTPRequest, judge: @Sendable (HTTPResponse) -> ResponseJudgement
    ) async throws(RequestError) -> SignedResponse {
        var credentials = try await obtain { source throws(CredentialError) in try await source.credentials() }
        var (failures, hasRenewed) = (0, false)
        while true {
            let outcome = try await attempt(request, credentials)
            switch outcome {
            case .success(let response):
                switch judge(response) {
                case .final:
                    if response.isSuccess { budget.succeed() }
                    return SignedResponse(response: response, credentials: credentials)
                case .renewCredentials where !hasRenewed:
                    hasRenewed = true
                    let spent = credentials
                    credentials = try await obtain { source throws(CredentialError) in
                        try await source.credentials(insteadOf: spent)
                    }
                    continue
                case .renewCredentials: return SignedResponse(response: response, credentials: credentials)
                case .tryAgain:
                    failures += 1
                    guard try await pauses(afterFailures: failures) else {
                        return SignedResponse(response: response, credentials: credentials)
                    }
                }
            case .failure(let error):
                failures += 1
                guard error.isTransient, request.isRepeatable || !error.mayHaveArrived,
                    try await pauses(afterFailures: failures)
                else { throw .transport(error) }
            }
        }
    }

    private func attempt(
        _ request: HTTPRequest, _ credentials: Credentials
    ) async throws(RequestError) -> Result<HTTPResponse, TransportError> {
        do throws(TransportError) { try await limiter?.turn() } catch { throw .transport(error) }
        var signed = request
        signer.sign(&signed, with: credentials, at: timing.now())
        do throws(TransportError) { return .success(try await transport.send(signed)) } catch { return .failure(error) }
    }

    private func obtain(
        _ get: (any CredentialSource) async throws(CredentialError) -> Credentials
    ) async throws(RequestError) -> Credentials {
        do throws(CredentialError) { return try await get(source) } catch { throw .credentials(error) }
    }

    /// Waits before another try; false where there is to be none.
    private func pauses(afterFailures count: Int) async throws(RequestError) -> Bool {
        guard let pause = policy.pause(afterFailures: count, random: timing.random()), budget.take() else { return false }
        do { try await timing.sleep(pause) } catch { throw .transport(.cancelled) }
        return true
    }
}

/// What is to be done about an answer.
package enum ResponseJudgement: Hashable, Sendable {
    case final
    /// Throttled, or a fault of the server: it passes.
    case tryAgain
    /// The credentials are spent.
    case renewCredentials
}

/// An answer and whom it was given to.
package struct SignedResponse: Sendable {
    package let response: HTTPResponse
    package let credentials: Credentials
}

/// Why a request got no answer.
package enum RequestError: Error, Hashable, Sendable {
    case transport(TransportError)
    case credentials(CredentialError)

    /// Whether the server may have received the request, and done what it says.
    package var mayHaveArrived: Bool {
        switch self {
        case .transport(let error): error.mayHaveArrived
        case .credentials: false
        }
    }
}

extension RequestError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .transport(let error): "\(error)"
        case .credentials(let error): "\(error)"
        }
    }
}
