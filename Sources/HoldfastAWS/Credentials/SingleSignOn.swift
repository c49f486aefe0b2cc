import HoldfastFormat
import HoldfastModel
import NIOHTTP1

/// A profile whose user signed on at IAM Identity Center with `aws sso login`: the token is in the AWS CLI's cache.
struct SingleSignOn: Sendable {
    let profile: String
    /// What the cache file is named after: the session's name, or the start address where there is no session.
    let cacheName: String
    let region: String
    let account: String
    let role: String
    let surroundings: CredentialSurroundings

    private var source: String { "profile \(profile)" }

    /// Nil where the profile says nothing of signing on.
    init?(
        _ keys: [String: String], profile: String, profiles: Profiles, surroundings: CredentialSurroundings
    ) throws(CredentialError) {
        guard keys["sso_session"] != nil || keys["sso_start_url"] != nil else { return nil }
        var (place, cacheName) = (keys, keys["sso_start_url"])
        if let session = keys["sso_session"] {
            guard let found = profiles.session(session) else {
                throw .unusable("profile \(profile)", detail: "there is no [sso-session \(session)]")
            }
            (place, cacheName) = (found, session)
        }
        guard let cacheName, let region = place["sso_region"], let account = keys["sso_account_id"],
            let role = keys["sso_role_name"]
        else { throw .unusable("profile \(profile)", detail: "it needs sso_region, sso_account_id and sso_role_name") }
        guard ServiceEndpoints.isRegion(region) else { throw .unusable("profile \(profile)", detail: "'\(region)' is no Region") }
        self.profile = profile
        self.cacheName = cacheName
        self.region = region
        self.account = account
        self.role = role
        self.surroundings = surroundings
    }

    func fetch() async throws(CredentialError) -> Credentials {
        let token = try token()
        let endpoint = Endpoint(host: "portal.sso.\(region).\(Partition(region: region).suffix)")
        let request = MetadataRequest(source: source, surroundings: surroundings, timeLimit: .seconds(10))
        guard
            let answer = try await request.send(
                .get, endpoint, path: "/federation/credentials",
                query: [.init("account_id", account), .init("role_name", role)],
                headers: ["x-amz-sso_bearer_token": token])
        else { throw .denied(source, detail: "there is no role \(role) in account \(account) for you") }
        do throws(JSONError) {
            let keys = try JSONObject.parse(foreign: answer).object("roleCredentials")
            return Credentials(
                accessKeyID: try keys.string("accessKeyId"), secretKey: try keys.string("secretAccessKey"),
                sessionToken: try keys.string("sessionToken"),
                expires: Timestamp(seconds: try keys.integer("expiration") / 1000),
                origin: .singleSignOn(account: account, role: role))
        } catch {
            throw .unusable(source, detail: "what IAM Identity Center answered is not credentials: \(error)")
        }
    }

    /// The token of the last sign-on, where it lasts yet.
    private func token() throws(CredentialError) -> String {
        let hint = "sign on again: aws sso login --profile \(profile)"
        guard let path = surroundings.home(".aws/sso/cache/\(SHA1.hash(Array(cacheName.utf8))).json") else {
            throw .unusable(source, detail: "HOME is not set, so there is no cache of sign-ons")
        }
        let bytes: [UInt8]?
        do throws(CredentialSurroundings.FileProblem) {
            bytes = try surroundings.read(path)
        } catch {
            throw .unusable(source, detail: "\(path): \(error.detail)")
        }
        guard let bytes else { throw .denied(source, detail: hint) }
        let (token, expires): (String, Timestamp)
        do throws(JSONError) {
            (token, expires) = try Self.cached(bytes)
        } catch {
            throw .unusable(source, detail: "\(path): \(error)")
        }
        guard expires > surroundings.timing.now() else { throw .denied(source, detail: hint) }
        return token
    }

    private static func cached(_ bytes: [UInt8]) throws(JSONError) -> (token: String, expires: Timestamp) {
        let cache = try JSONObject.parse(foreign: bytes)
        let text = try cache.string("expiresAt")
        // Older CLIs wrote `2027-01-31T18:00:00UTC`.
        let spelled = text.hasSuffix("UTC") ? text.dropLast(3) + "Z" : text
        guard let expires = Timestamp(spelled) else { throw .member("expiresAt", problem: "is not a time") }
        return (try cache.string("accessToken"), expires)
    }
}
