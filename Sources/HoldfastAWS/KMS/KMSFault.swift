import HoldfastFormat
import NIOHTTP1

/// An error as AWS KMS answered it.
struct KMSFault: Error, Hashable, Sendable {
    /// Without what stands before `#` and after `:`.
    let code: String
    let message: String
    let status: Int
    let requestID: String?

    init(_ response: HTTPResponse) {
        let body = try? JSONObject.parse(foreign: response.body)
        let named = Self.member("__type", body) ?? response.headers.first(name: "x-amzn-ErrorType") ?? ""
        code = Self.plain(named)
        message = ServiceMessage.firstLine(of: Self.member("message", body) ?? Self.member("Message", body) ?? "")
        status = response.status
        requestID = response.requestID
    }

    private static func member(_ name: String, _ body: JSONObject?) -> String? {
        guard case .string(let text) = body?[name] else { return nil }
        return text
    }

    /// `com.amazon.coral.service#AccessDeniedException:http://…` is `AccessDeniedException`.
    private static func plain(_ type: String) -> String {
        let name = type.split(separator: "#").last ?? ""
        return String(name.prefix { $0 != ":" })
    }

    /// How to go on after it (`KMS.md`, section 3.4, is where these come from).
    var kind: Kind {
        switch code {
        case "NotFoundException": .notFound
        case "DisabledException", "KMSInvalidStateException": .state
        case "AccessDeniedException", "AccessDenied", "NotAuthorized", "OptInRequired": .denied
        case "IncorrectKeyException", "InvalidCiphertextException": .incorrect
        case "InvalidKeyUsageException", "UnsupportedOperationException", "InvalidArnException", "ValidationException",
            "InvalidAliasNameException", "ConflictException", "InvalidMarkerException":
            .unsuitable
        case "ExpiredTokenException", "ExpiredToken", "UnrecognizedClientException", "InvalidClientTokenId",
            "InvalidGrantTokenException":
            .spentCredentials
        case "InvalidSignatureException", "SignatureDoesNotMatch", "MissingAuthenticationToken", "IncompleteSignature",
            "IncompleteSignatureException", "MissingAuthenticationTokenException", "RequestExpired":
            .signature
        case "ThrottlingException", "Throttling", "RequestLimitExceeded", "TooManyRequestsException", "LimitExceeded",
            "LimitExceededException", "KeyUnavailableException", "DependencyTimeoutException", "KMSInternalException",
            "ServiceUnavailableException", "InternalFailure", "InternalServerError":
            .passing
        default: status >= 500 || status == 429 ? .passing : .unknown
        }
    }

    enum Kind: Hashable, Sendable {
        case notFound, denied, incorrect, unsuitable
        /// The key's state does not allow it; which state that is, DescribeKey says.
        case state
        /// Others are to be got, once.
        case spentCredentials
        /// The signature was not taken: keys that are wrong, or a clock that is.
        case signature
        /// Throttled, or a fault of the service.
        case passing
        case unknown
    }

    var text: String { "\(code.isEmpty ? "status \(status)" : code)\(message.isEmpty ? "" : ": \(message)")" }
}
