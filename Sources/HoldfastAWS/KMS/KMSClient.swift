import HoldfastFormat
import HoldfastModel
import NIOHTTP1

/// AWS KMS in one Region, in its own words: JSON 1.1 by POST.
struct KMSClient: Sendable {
    let region: String
    private let endpoint: Endpoint
    private let client: SignedClient

    /// One request with its answer, in seconds: what takes longer is tried again, or in another Region.
    private static let timeLimit = Duration.seconds(10)

    init(region: String, endpoint: Endpoint, client: SignedClient) {
        self.region = region
        self.endpoint = endpoint
        self.client = client
    }

    /// A good answer, with the request's id and whom it was given to.
    struct Answer: Sendable {
        let members: JSONObject
        let requestID: String?
        let origin: CredentialOrigin
    }

    /// Throws `KMSFailure`, which tells an answer that is no from no answer.
    func call(_ operation: KMSOperation, _ input: JSONObject) async throws(KMSFailure) -> Answer {
        let request = HTTPRequest(
            .post, endpoint,
            headers: ["Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "TrentService.\(operation.rawValue)"],
            body: input.serialized, timeLimit: Self.timeLimit, responseLimit: 1 << 20)
        let signed: SignedResponse
        do throws(RequestError) {
            signed = try await client.send(request, judge: Self.judge)
        } catch {
            throw .silence("\(error)")
        }
        let response = signed.response
        guard response.isSuccess else { throw Self.failure(KMSFault(response), signed.credentials) }
        // Some operations have nothing to answer: AWS sends no bytes then, and stand-ins send null.
        guard !response.body.isEmpty, response.body != Array("null".utf8) else {
            return Answer(members: [:], requestID: response.requestID, origin: signed.credentials.origin)
        }
        do throws(JSONError) {
            return Answer(
                members: try JSONObject.parse(foreign: response.body), requestID: response.requestID,
                origin: signed.credentials.origin)
        } catch {
            throw .silence("\(endpoint) answered what AWS KMS does not (\(error))")
        }
    }

    private static func judge(_ response: HTTPResponse) -> ResponseJudgement {
        guard !response.isSuccess else { return .final }
        switch KMSFault(response).kind {
        case .passing: return .tryAgain
        case .spentCredentials: return .renewCredentials
        default: return .final
        }
    }

    private static func failure(_ fault: KMSFault, _ credentials: Credentials) -> KMSFailure {
        let request = fault.requestID.map { ", request \($0)" } ?? ""
        switch fault.kind {
        case .passing, .unknown: return .silence("\(fault.text)\(request)")
        case .spentCredentials:
            return .silence("AWS does not take the credentials of \(credentials): \(fault.text); renew them")
        case .signature:
            return .silence(
                "AWS does not take the signature of \(credentials): \(fault.text); check the secret key and this machine's clock")
        default: return .fault(fault)
        }
    }
}

/// Why an operation was not done.
enum KMSFailure: Error, Hashable, Sendable {
    /// AWS KMS answered, and no.
    case fault(KMSFault)
    /// There was no answer that says anything of the key.
    case silence(String)
}
