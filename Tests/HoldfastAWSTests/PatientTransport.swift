import HoldfastAWS
import HoldfastTestingAWS

/// HTTP to servers of a test, which answer sooner or later, however busy the machine is: no time limit strikes but that of a request to a
/// fake that never answers, and that one at once.
struct PatientTransport: HTTPTransport {
    let base: any HTTPTransport

    /// Runs `body` with one.
    static func run(_ body: (any HTTPTransport) async throws -> Void) async throws {
        let transport = AsyncHTTPTransport(userAgent: "holdfast-tests", connectTimeLimit: .seconds(60))
        let outcome: Result<Void, any Error>
        do { outcome = .success(try await body(Self(base: transport))) } catch { outcome = .failure(error) }
        await transport.shutdown()
        try outcome.get()
    }

    func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        var patient = request
        patient.timeLimit = .seconds(600)
        let response = try await base.send(patient)
        guard response.status != FakeAWS.silentStatus else { throw .timedOut(request.endpoint.authority) }
        return response
    }
}
