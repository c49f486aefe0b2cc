import HoldfastFormat
import HoldfastModel

/// One sign-on at IAM Identity Center as the AWS CLI keeps it in its cache, with members in it that are none of our business.
struct CachedSignOn: Sendable {
    private let document: JSONObject
    let token: String
    let expires: Timestamp

    /// No token lasts for more than a year, in seconds.
    private static let longest: Int64 = 366 * 86_400

    init(_ bytes: [UInt8]) throws(JSONError) { try self.init(JSONObject.parse(foreign: bytes)) }

    private init(_ document: JSONObject) throws(JSONError) {
        self.document = document
        token = try document.string("accessToken")
        expires = try document.cacheTime("expiresAt")
    }

    var bytes: [UInt8] { document.serialized }

    /// What asks for a new token (`CreateToken`); nil where the CLI was given nothing to ask with, or where its registration has ended
    /// at `now`.
    func renewal(at now: Timestamp) throws(JSONError) -> [UInt8]? {
        guard let refreshToken = try document.optional("refreshToken", document.string),
            let id = try document.optional("clientId", document.string),
            let secret = try document.optional("clientSecret", document.string),
            let end = try document.optional("registrationExpiresAt", document.cacheTime), end > now
        else { return nil }
        let request: JSONObject = [
            "clientId": .string(id), "clientSecret": .string(secret), "grantType": "refresh_token",
            "refreshToken": .string(refreshToken),
        ]
        return request.serialized
    }

    /// The same sign-on with what was answered to that at `now`. A refresh token that is not replaced goes on to serve.
    func renewed(by answer: [UInt8], at now: Timestamp) throws(JSONError) -> CachedSignOn {
        let answer = try JSONObject.parse(foreign: answer)
        let seconds = try answer.integer("expiresIn")
        guard (1...Self.longest).contains(seconds) else { throw .member("expiresIn", problem: "is no time that a token lasts") }
        var renewed = document.replacing("accessToken", .string(try answer.string("accessToken")))
            .replacing("expiresAt", .string("\(now + seconds)"))
        if let next = try answer.optional("refreshToken", answer.string) {
            renewed = renewed.replacing("refreshToken", .string(next))
        }
        return try CachedSignOn(renewed)
    }
}

extension JSONObject {
    /// Older CLIs wrote `2027-01-31T18:00:00UTC`.
    fileprivate func cacheTime(_ name: String) throws(JSONError) -> Timestamp {
        let text = try string(name)
        guard let time = Timestamp(text.hasSuffix("UTC") ? text.dropLast(3) + "Z" : text) else {
            throw .member(name, problem: "is not a time")
        }
        return time
    }

    /// With this value in the place of the one that stands under the name, or at the end.
    fileprivate func replacing(_ name: String, _ value: JSONValue) -> JSONObject {
        var result = JSONObject()
        for member in members { result.append(member.name, member.name == name ? value : member.value) }
        if self[name] == nil { result.append(name, value) }
        return result
    }
}
