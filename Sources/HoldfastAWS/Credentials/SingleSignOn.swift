import HoldfastCrypto
import HoldfastFormat
import HoldfastModel
import NIOHTTP1

/// A profile whose user signed on at IAM Identity Center with `aws sso login`: the token is in the AWS CLI's cache, and is renewed there
/// for as long as the sign-on lasts.
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
        let token = try await token()
        guard
            let answer = try await ask(
                .get, "portal.sso", "/federation/credentials",
                query: [.init("account_id", account), .init("role_name", role)], headers: ["x-amz-sso_bearer_token": token])
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

    /// The token of the last sign-on, renewed where it has ended.
    private func token() async throws(CredentialError) -> String {
        guard let path = surroundings.machine.home(".aws/sso/cache/\(SHA1.hex(of: Array(cacheName.utf8))).json") else {
            throw .unusable(source, detail: "HOME is not set, so there is no cache of sign-ons")
        }
        let cached = try cached(path)
        if lasts(cached) { return cached.token }
        do throws(CredentialError) {
            return try await renew(cached, path).token
        } catch {
            // Another process may have renewed it meanwhile, and spent what we asked with.
            let current = try self.cached(path)
            guard lasts(current) else { throw error }
            return current.token
        }
    }

    /// With a minute to spare, in which it is used.
    private func lasts(_ signOn: CachedSignOn) -> Bool { signOn.expires > surroundings.timing.now() + 60 }

    private func cached(_ path: String) throws(CredentialError) -> CachedSignOn {
        let bytes: [UInt8]?
        do throws(LocalMachine.FileProblem) {
            bytes = try surroundings.machine.read(path)
        } catch {
            throw .unusable(source, detail: "\(path): \(error.detail)")
        }
        guard let bytes else { throw .denied(source, detail: remedy) }
        do throws(JSONError) {
            return surroundings.signOns.newest(path, try CachedSignOn(bytes))
        } catch {
            throw .unusable(source, detail: "\(path): \(error)")
        }
    }

    private func renew(_ cached: CachedSignOn, _ path: String) async throws(CredentialError) -> CachedSignOn {
        let now = surroundings.timing.now()
        let (request, renewed): ([UInt8]?, CachedSignOn)
        do throws(JSONError) { request = try cached.renewal(at: now) } catch {
            throw .unusable(source, detail: "\(path): \(error)")
        }
        guard let request else { throw .denied(source, detail: remedy) }
        let answer = try await createToken(request)
        do throws(JSONError) { renewed = try cached.renewed(by: answer, at: now) } catch {
            throw .unusable(source, detail: "what IAM Identity Center answered is no token: \(error)")
        }
        do throws(LocalMachine.FileProblem) {
            try surroundings.machine.write(path, renewed.bytes)
        } catch {
            surroundings.signOns.keep(renewed, insteadOf: path)
        }
        return renewed
    }

    private func createToken(_ request: [UInt8]) async throws(CredentialError) -> [UInt8] {
        do throws(CredentialError) {
            let answer = try await ask(.post, "oidc", "/token", headers: ["Content-Type": "application/json"], body: request)
            if let answer { return answer }
        } catch .denied(_, let detail) {
            throw .denied(source, detail: "\(detail); \(remedy)")
        }
        throw .denied(source, detail: remedy)
    }

    /// Asks IAM Identity Center; nil for 404.
    private func ask(
        _ method: HTTPRequest.Method, _ service: String, _ path: String, query: [HTTPRequest.QueryItem] = [],
        headers: HTTPHeaders, body: [UInt8] = []
    ) async throws(CredentialError) -> [UInt8]? {
        let request = MetadataRequest(
            source: source, surroundings: surroundings, timeLimit: .seconds(10), isToNeighbour: false)
        let endpoint = Endpoint(host: "\(service).\(region).\(Partition(region: region).suffix)")
        return try await request.send(method, endpoint, path: path, query: query, headers: headers, body: body)
    }

    private var remedy: String { "sign on again: aws sso login --profile \(profile)" }
}
