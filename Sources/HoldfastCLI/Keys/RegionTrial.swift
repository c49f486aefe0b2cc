import HoldfastAWS
import HoldfastCrypto
import HoldfastModel

/// Tries whether a multi-Region CMK can be used through another Region, before that is saved. What fails is thrown.
struct RegionTrial {
    let manager: any KeyManager
    /// The CMK as snapshots name it.
    let home: KeyARN
    let region: String

    struct Outcome: Sendable {
        let member: CMK
        var tried: [String] = []
        /// What is no reason to refuse, and remains to be done.
        var left: [String] = []
    }

    func run(project: String, by node: String) async throws -> Outcome {
        let member = home.inRegion(region).cmk
        let exact = manager.exact
        let description: CMKDescription
        do throws(KeyManagerError) {
            description = try await exact.describe(member)
        } catch .notFound {
            throw Failure(
                .cmkUnavailable, "the CMK has no member in \(region)", home.cmk.uri,
                "make one: aws kms replicate-key --key-id \(home.id) --replica-region \(region)")
        }
        guard description.state == .enabled else { throw KeyManagerError.state(member, description.state) }
        let context = EncryptionContext(
            project: project, cluster: "", repository: Random.id(), snapshot: Random.id(), node: node, kind: .manifest)
        var outcome = Outcome(member: member, tried: ["\(region) describes its member: enabled"])
        try await tryOut(exact, from: member, to: member, context)
        outcome.tried.append("\(region) opens what it wraps")
        guard member != home.cmk else { return outcome }
        do throws(KeyManagerError) {
            try await tryOut(exact, from: home.cmk, to: member, context)
            try await tryOut(exact, from: member, to: home.cmk, context)
            outcome.tried.append("\(region) opens what \(home.region) wraps, and the other way round")
        } catch .unreachable(let place, let detail) {
            // That may be why somebody comes here.
            guard description.family.contains(home.cmk) else {
                throw KeyManagerError.unreachable(place, detail: detail)
            }
            outcome.tried.append("AWS says that the two are of one family")
            outcome.left.append("\(home.region) does not answer (\(detail)): run this again once it does")
        }
        return outcome
    }

    private func tryOut(
        _ manager: any KeyManager, from one: CMK, to other: CMK, _ context: EncryptionContext
    ) async throws(KeyManagerError) {
        let probe = Random.secret()
        let made = try await manager.wrap(probe, under: one, context: context)
        let envelope = Envelope(cmk: other, access: made.access, wrapped: made.wrapped, created: made.created)
        let opened = try await manager.unwrap(envelope, context: context)
        guard ConstantTime.equal(probe.bytes, opened.bytes) else { throw .incorrect(other) }
    }
}
