import NIOHTTP1

/// A request to somebody who hands out credentials: never signed, never redirected, short in patience.
struct MetadataRequest: Sendable {
    let source: String
    let surroundings: CredentialSurroundings
    var attempts = 3
    var timeLimit = Duration.seconds(2)
    /// Whether it is for this machine's own neighbours, whom no proxy can reach.
    var isToNeighbour = true

    /// The answer to a request; nil for 404.
    func send(
        _ method: HTTPRequest.Method, _ endpoint: Endpoint, path: String, query: [HTTPRequest.QueryItem] = [],
        headers: HTTPHeaders = [:], body: [UInt8] = []
    ) async throws(CredentialError) -> [UInt8]? {
        var request = HTTPRequest(
            method, endpoint, path: path, query: query, headers: headers, body: body, timeLimit: timeLimit, responseLimit: 1 << 16
        )
        request.isToNeighbour = isToNeighbour
        let policy = RetryPolicy(attempts: attempts)
        var failures = 0
        while true {
            let outcome = await attempt(request)
            switch outcome {
            case .success(let response) where response.isSuccess: return response.body
            case .success(let response) where response.status == 404: return nil
            case .success(let response) where response.status < 500 && response.status != 429:
                throw .denied(source, detail: "\(request.endpoint) answered \(response.status) to \(request.path)")
            case .failure(let error) where !error.isTransient: throw .unreachable(source, detail: "\(error)")
            default: failures += 1
            }
            guard let pause = policy.pause(afterFailures: failures, random: surroundings.timing.random()) else {
                throw .unreachable(source, detail: Self.text(of: outcome))
            }
            do { try await surroundings.timing.sleep(pause) } catch { throw .unreachable(source, detail: "it was interrupted") }
        }
    }

    private func attempt(_ request: HTTPRequest) async -> Result<HTTPResponse, TransportError> {
        do throws(TransportError) {
            return .success(try await surroundings.transport.send(request))
        } catch {
            return .failure(error)
        }
    }

    private static func text(of outcome: Result<HTTPResponse, TransportError>) -> String {
        switch outcome {
        case .success(let response): "it answered \(response.status)"
        case .failure(let error): "\(error)"
        }
    }
}
