package import HoldfastModel

/// CMKs in AWS KMS, by ARN, each in its own Region; a multi-Region CMK also by way of its relatives.
///
/// An alias is only looked up, and given back as the ARN of its key: it may point elsewhere tomorrow. Only silence leads to
/// another Region, never a no: what one Region's key policy denies is not to be had by asking the next.
package struct AWSKeyManager: Sendable {
    /// How AWS KMS is reached and by whom.
    package struct Configuration: Sendable {
        package var access: AWSAccess
        package var credentials: any CredentialSource
        /// Other roles that the project trusts, by ARN: what was wrapped through one of them may be opened through it.
        package var trustedRoles: [String: any CredentialSource]
        /// The Regions in which multi-Region CMKs are tried, in this order; a CMK's own comes last where it is not among them.
        package var regions: [String]
        /// The CMKs that are described in a list; others of the account are passed over, since each costs a request.
        package var trusted: [CMKPattern]
        /// Requests a second, over all Regions together.
        package var rate: Double
        package var policy: RetryPolicy
        /// When envelopes say that they were made.
        package var clock: @Sendable () -> Timestamp

        package init(
            access: AWSAccess, credentials: any CredentialSource, trustedRoles: [String: any CredentialSource] = [:],
            regions: [String] = [], trusted: [CMKPattern] = [], rate: Double = 50,
            policy: RetryPolicy = RetryPolicy(attempts: 4, cap: .seconds(5)),
            clock: @escaping @Sendable () -> Timestamp
        ) {
            self.access = access
            self.credentials = credentials
            self.trustedRoles = trustedRoles
            self.regions = regions
            self.trusted = trusted
            self.rate = rate
            self.policy = policy
            self.clock = clock
        }
    }

    /// The same, with each CMK used in its own Region only: for a proof that a CMK opens something, which must not be a relative's doing.
    package var pinned: AWSKeyManager {
        changed { $0.regions = [] }
    }

    /// The same by way of other credentials, and of no others.
    func acting(as credentials: any CredentialSource) -> AWSKeyManager {
        changed { ($0.credentials, $0.trustedRoles) = (credentials, [:]) }
    }

    private func changed(_ change: (inout Configuration) -> Void) -> AWSKeyManager {
        var configuration = configuration
        change(&configuration)
        return AWSKeyManager(configuration, limiter: limiter, budget: budget, outages: outages)
    }

    let configuration: Configuration
    private let limiter: RateLimiter
    private let budget: RetryBudget
    let outages: RegionOutages

    package init(_ configuration: Configuration) {
        let timing = configuration.access.surroundings.timing
        self.init(
            configuration, limiter: RateLimiter(rate: configuration.rate, timing: timing), budget: RetryBudget(),
            outages: RegionOutages(timing: timing))
    }

    private init(_ configuration: Configuration, limiter: RateLimiter, budget: RetryBudget, outages: RegionOutages) {
        self.configuration = configuration
        self.outages = outages
        self.limiter = limiter
        self.budget = budget
    }

    /// AWS KMS in a Region. Throws `.unreachable` where its address cannot be used.
    func client(in region: String) throws(KeyManagerError) -> KMSClient {
        let access = configuration.access
        do throws(EndpointError) {
            return KMSClient(
                region: region, endpoint: try access.endpoints.endpoint(of: .kms, in: region),
                client: access.client(
                    .kms, region: region, credentials: configuration.credentials, policy: configuration.policy, budget: budget,
                    limiter: limiter))
        } catch {
            throw .unreachable("AWS KMS in \(region)", detail: "\(error)")
        }
    }

    /// The ARN that a CMK's URI holds. One that is malformed is never called "not found", which would mean deleted.
    func arn(_ cmk: CMK) throws(KeyManagerError) -> KeyARN {
        guard let arn = KeyARN(cmk) else {
            throw .unsuitable(cmk, detail: "this is not aws-kms:arn:PARTITION:kms:REGION:ACCOUNT:key/ID")
        }
        return arn
    }

    /// The same for what is done to or with a CMK: an alias may stand for another key tomorrow, and what was found out about it would be
    /// of no use.
    func keyARN(_ cmk: CMK) throws(KeyManagerError) -> KeyARN {
        let arn = try arn(cmk)
        guard !arn.isAlias else {
            throw .unsuitable(cmk, detail: "this is an alias, which may stand for another key tomorrow: name the key itself")
        }
        return arn
    }

    /// The Regions in which a CMK can be used, the first choice first.
    func regions(of arn: KeyARN) -> [String] {
        guard arn.isMultiRegion else { return [arn.region] }
        let configured = configuration.regions.filter { Partition(region: $0).name == arn.partition }
        return configured.contains(arn.region) ? configured : configured + [arn.region]
    }
}
