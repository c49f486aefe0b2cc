import HoldfastFormat
import HoldfastModel

/// The JSON in which containers, instances and credential processes give credentials: the same members under two names for one.
enum CredentialDocument {
    /// `token` is what that source calls the session token, `version` what it has to say of its form, if that has versions.
    static func read(
        _ bytes: [UInt8], version: Int64? = nil, token: String, origin: CredentialOrigin, source: String
    ) throws(CredentialError) -> Credentials {
        do throws(JSONError) {
            let document = try JSONObject.parse(foreign: bytes)
            if let code = try document.optional("Code", document.string), code != "Success" {
                throw JSONError.member("Code", problem: "is \(code)")
            }
            if let version, try document.integer("Version") != version {
                throw JSONError.member("Version", problem: "is not \(version)")
            }
            return Credentials(
                accessKeyID: try document.string("AccessKeyId"), secretKey: try document.string("SecretAccessKey"),
                sessionToken: try document.optional(token, document.string), expires: try expiry(document), origin: origin)
        } catch {
            throw .unusable(source, detail: "what it answered is not credentials: \(error)")
        }
    }

    private static func expiry(_ document: JSONObject) throws(JSONError) -> Timestamp? {
        guard let text = try document.optional("Expiration", document.string) else { return nil }
        guard let time = Timestamp(text) else { throw .member("Expiration", problem: "is not a time") }
        return time
    }
}
