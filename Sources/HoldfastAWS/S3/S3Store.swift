import HoldfastCrypto
package import HoldfastModel
import NIOHTTP1

/// A repository in a bucket of S3, or of any server that speaks S3 and honours `If-None-Match: *`.
///
/// What decides a race is always one PUT, which S3 does wholly or not at all; nothing but packs is ever uploaded in parts. Packs
/// are named by their bytes and by the one snapshot that uploads them, so nobody races for them, and an upload whose answer was lost is
/// settled by reading. For all else a lost answer is `.unclear`, and never asked for again here (`docs/PROTOCOL.md`, rule R18).
package struct S3Store: ObjectStore {
    let client: S3Client
    /// Until when what is created is kept from being deleted.
    var lockedUntil: Timestamp?

    /// - Parameters:
    ///   - region: The bucket's.
    ///   - endpoints: Where S3 is in that Region; an address of one's own is spelled with the bucket in the path.
    ///   - policy: How often and after which pauses what passes by itself is asked for again.
    /// Throws where S3 has no usable address.
    package init(
        at address: S3Address, region: String, credentials: any CredentialSource, endpoints: ServiceEndpoints,
        transport: any HTTPTransport, timing: RequestTiming, options: S3Options = S3Options(),
        policy: RetryPolicy = RetryPolicy(attempts: 8, base: .milliseconds(200))
    ) throws(EndpointError) {
        let bucket = S3Bucket(address, at: try endpoints.endpoint(of: .s3, in: region), options.addressing)
        client = S3Client(
            bucket: bucket, region: region, options: options, timing: timing, policy: policy,
            client: SignedClient(
                transport: transport, credentials: credentials,
                signer: RequestSigner(service: AWSService.s3.rawValue, region: region), timing: timing, policy: policy))
    }

    /// In the bucket's Region, by a project's way to AWS.
    package init(
        at address: S3Address, region: String, access: AWSAccess, credentials: any CredentialSource,
        options: S3Options = S3Options()
    ) throws(EndpointError) {
        try self.init(
            at: address, region: region, credentials: credentials, endpoints: access.endpoints,
            transport: access.surroundings.transport, timing: access.surroundings.timing, options: options)
    }

    package var address: S3Address { client.bucket.address }

    /// Throws `.unsuitable` where the server, or this bucket of it, does not hold what a repository rests on.
    package func probe() async throws(StoreError) {
        try await probeLock()
        do throws(StoreError) {
            try await StoreProbe(self, called: "\(address)", freshID: { Random.id() }).run()
        } catch .unsuitable(let place, let detail) {
            guard await isVersioned else { throw .unsuitable(place, detail: detail) }
            // Ceph 16 is one of those.
            let cause = "versioning is on in this bucket, and some servers read over conditions there: take a bucket without"
            throw .unsuitable(place, detail: "\(detail); \(cause)")
        }
    }

    /// False also where that cannot be seen: it only explains.
    private var isVersioned: Bool {
        get async {
            let request = client.bucket.request(.get, query: [.init("versioning")])
            guard let response = try? await client.send(request), let node = try? XMLNode.parse(response.body) else {
                return false
            }
            return node.text("Status") != nil
        }
    }

    /// Removes the object; in a versioned bucket that leaves a marker, which counts as absent.
    package func delete(_ name: ObjectName) async throws(StoreError) {
        do throws(S3Failure) {
            _ = try await client.send(client.bucket.request(.delete, key: key(name)))
        } catch  where error.kind == .noObject {
            return
        } catch {
            throw storeError(error, .deleteObject, name)
        }
    }

    /// The server's clock, as it stands in the head of any answer, a refusal included. Whole seconds.
    package func now() async throws(StoreError) -> Timestamp {
        let response: HTTPResponse
        do throws(S3Failure) {
            response = try await client.peek(client.bucket.request(.head, key: key(.repository)))
        } catch {
            throw storeError(error, .getObject, .repository)
        }
        guard let time = response.headers.first(name: "Date").flatMap({ HTTPDate.parse($0) }) else {
            throw .unavailable("\(address)", detail: "its answers do not say what time it is there")
        }
        return time
    }

    /// The Region that S3 says the bucket is in, whichever Region it is asked in and whoever asks; nil where it does not say.
    package func region() async throws(StoreError) -> String? {
        let response: HTTPResponse
        do throws(S3Failure) {
            response = try await client.peek(client.bucket.request(.head))
        } catch {
            throw storeError(error, .listBucket, nil)
        }
        return response.headers.first(name: "x-amz-bucket-region").flatMap { ServiceEndpoints.isRegion($0) ? $0 : nil }
    }

    /// The key of an object in its bucket.
    func key(_ name: ObjectName) -> String { address.prefix + name.text }
}
