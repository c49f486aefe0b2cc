import Foundation
import Holdfast
import HoldfastModel

extension Performance {
    func backUp(_ site: Int, _ content: Int, keptHours: Int64, trustsCluster: Bool) async throws {
        let file = try world.contents.open(content)
        var request = BackupRequest(
            node: "host\(site)", source: "data",
            contents: .stream(descriptor: file.fileDescriptor, filename: Array("stream".utf8), time: now),
            base: trustsCluster ? .anyOfSource : .remembered, expires: now + keptHours * 3600, time: now,
            compressionLevel: 1, checkpointByteCount: 1, tool: "simulation")
        request.beforeCommit = { [life] _ in
            // Here a person's command may run for long.
            _ = await life.pass(Call(.now, "before the commit"))
        }
        let backup = Backup(repository: repository(site), keys: keys, witness: try witness(site), progress: BackupProgress())
        let summary = try await backup.run(request)
        withExtendedLifetime(file) {}
        acknowledge { ledger.acknowledgedBackup(summary.snapshot, at: site, of: content) }
    }

    func prune(_ site: Int, isConfirmed: Bool, isFull: Bool) async throws(HoldfastError) {
        let id = world.sites[site].id
        var request = PruneRequest(policy: world.policy, backupsAreOn: world.isGuarded, by: by)
        request.isConfirmed = isConfirmed
        request.isFull = isFull
        request.settledOwners = machine.settledOwners(of: id)
        let result = try await Prune(repository: repository(site), witness: try witness(site)).run(request)
        for stop in result.stopped where stop.isDamage { ledger.report("prune calls sound things damaged: \(stop.message)") }
        machine.settle(result.settledOwners, of: id)
    }

    func forget(_ site: Int, _ id: SnapshotID) async throws(HoldfastError) {
        _ = try await Forget(repository: repository(site)).run([id], policy: world.policy, isConfirmed: true, at: now, by: by)
    }

    func hold(_ site: Int, _ id: SnapshotID, _ name: String) async throws(HoldfastError) {
        guard let hold = HoldName(name) else { throw .usage("no hold is named so", object: name) }
        let count = ledger.count(of: "hold" + name, id, at: site)
        let isNew = try await HoldSnapshot(repository: repository(site)).add(hold, to: id, at: now, by: by)
        if isNew { acknowledge { ledger.acknowledged("hold" + name, id, at: site, besides: count) } }
    }

    func release(_ site: Int, _ id: SnapshotID, _ name: String) async throws(HoldfastError) {
        guard let hold = HoldName(name) else { throw .usage("no hold is named so", object: name) }
        let count = ledger.count(of: "release" + name, id, at: site)
        let isNew = try await HoldSnapshot(repository: repository(site)).release(hold, of: id, at: now, by: by)
        if isNew { acknowledge { ledger.acknowledged("release" + name, id, at: site, besides: count) } }
    }

    func undelete(_ site: Int, _ id: SnapshotID, hold: String?, hours: Int64) async throws(HoldfastError) {
        let record = "undeleted" + (hold ?? "")
        let count = ledger.count(of: record, id, at: site)
        let reason = hold.map { Undelete.Reason.hold($0) } ?? .until(now + hours * 3600)
        try await Undelete(repository: repository(site)).run(id, reason, at: now, by: by)
        acknowledge { ledger.acknowledged(record, id, at: site, besides: count) }
    }

    func expire(_ site: Int, _ id: SnapshotID, hours: Int64) async throws(HoldfastError) {
        let count = ledger.count(of: "expiry", id, at: site)
        try await SetExpiry(repository: repository(site)).run(id, to: now + hours * 3600, at: now, by: by)
        acknowledge { ledger.acknowledged("expiry", id, at: site, besides: count) }
    }

    /// Looks for damage where there is none.
    func check(_ site: Int, readsData: Bool) async throws(HoldfastError) {
        var request = CheckRequest(readsData ? .data(percent: 50) : .structure, keys: readsData ? keys : nil, seed: 0)
        request.watch = WitnessWatch(try witness(site), policy: world.policy, at: now)
        let result = try await CheckRepository(repository: repository(site)).run(request)
        // A commit that came after its purge cannot be told from a lost start record.
        let isNoDamage: Set<CheckError.Kind> = [.alarm, .unopened, .startGone]
        for error in result.errors where !isNoDamage.contains(error.kind) {
            ledger.report("check found damage where there is none: \(error.object): \(error.message)")
        }
    }

    /// Restores a snapshot that somebody else may be about to purge: its bytes, or an error.
    func read(_ site: Int, _ id: SnapshotID) async throws(HoldfastError) {
        let repository = repository(site)
        guard let view = try await repository.readSnapshot(id), view.log.exists else { return }
        let snapshot = try await OpenedSnapshot.open(view, in: repository, with: keys)
        try await world.compare(snapshot, at: site)
    }
}

extension World {
    /// Holds what a snapshot gives back against what was backed up.
    func compare(_ snapshot: OpenedSnapshot, at site: Int) async throws(HoldfastError) {
        var bytes: [UInt8] = []
        _ = try await Dump(snapshot).run(Array("stream".utf8)) { (span) throws(HoldfastError) in
            bytes.append(contentsOf: span)
        }
        guard let content = ledger.content(of: snapshot.id, at: site), contents[content] == bytes else {
            return ledger.report("snapshot \(snapshot.id.short) gives back \(bytes.count) other bytes than were backed up")
        }
    }
}
