import Holdfast
import HoldfastModel

extension Performance {
    func rotate(to cmk: CMK, isFresh: Bool) async throws(HoldfastError) {
        let outcome = try await RotateKey(try project(), keys: keys).run(to: cmk, fresh: isFresh, at: now, by: by)
        acknowledge { ledger.acknowledgedRotation(to: cmk, retiring: outcome.retired) }
    }

    func rewrap(from old: CMK, to new: CMK) async throws {
        _ = try await RewrapSnapshots(try project(), keys: keys).run(.init(from: old, to: new), at: now, by: by) { _ in }
    }

    func checkKeys(_ cmks: Set<CMK>, isProven: Bool) async throws(HoldfastError) {
        let report = try await CheckKeys(try project(), keys: keys).run(cmks, proving: isProven, at: now)
        if report.verdict.answer == .safeForGood { acknowledge { ledger.calledSafe(cmks) } }
    }

    /// What was scheduled was approved in a key log, where the ledger has seen it.
    func deleteKeys(_ cmks: Set<CMK>) async throws(HoldfastError) {
        _ = try await DeleteKey(try project(), keys: keys).run(cmks, waiting: Period(days: 7), at: now, by: by)
    }

    func disable(_ cmk: CMK) async throws(HoldfastError) {
        let report = try await DisableKey(try project(), keys: keys).disable(cmk, at: now)
        if report.verdict.answer == .safeForGood { acknowledge { ledger.calledSafe([cmk]) } }
    }

    func promise(days: UInt8) async throws(HoldfastError) {
        let promise = Compliance(minKeep: Period(days: days), grace: world.policy.grace, keepMin: world.policy.keepMin)
        for site in world.sites.indices { try await PromiseCompliance(repository(site)).run(promise, at: now, by: by) }
        acknowledge { ledger.acknowledgedPromise(ofDays: Int64(days)) }
    }

    func recordDeletions() async throws(HoldfastError) {
        let project = try project()
        let survey = await ReadProject(project, keys: keys).run(at: now)
        _ = try await RecordDeletions(project).run(survey, by: by)
    }
}
