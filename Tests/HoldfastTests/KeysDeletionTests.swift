import Holdfast
import HoldfastCrypto
import HoldfastModel
import HoldfastTesting
import Synchronization
import Testing

@Suite("Deleting a CMK")
struct KeysDeletionTests {
    /// K1 rotated out, nothing that it alone opens.
    private func clearProject(clusters: Int = 2) async throws -> KeysFixture {
        let fixture = try await KeysFixture(clusters: clusters)
        try await fixture.takeSnapshot(in: 0, under: [fixture.K1, fixture.K2])
        try await fixture.rotate(to: fixture.K2)
        return fixture
    }

    private func state(_ cmk: CMK, _ fixture: KeysFixture) async throws -> CMKState {
        try await fixture.keyManager.describe(cmk).state
    }

    @Test("announces, proves, approves and schedules, in every cluster")
    func scheduled() async throws {
        let fixture = try await clearProject()
        let date = fixture.waiting.after(fixture.time)
        #expect(try await fixture.delete(fixture.K1).dates == [fixture.K1: date])
        #expect(try await state(fixture.K1, fixture) == .pendingDeletion)
        for log in try await fixture.logs() {
            #expect(log.announcements.map(\.cmks) == [[fixture.K1]])
            #expect(log.approved == Set(log.announcements.map(\.id)))
            #expect(log.scheduled == [fixture.K1: date])
        }
    }

    @Test("retires it first where it is not retired yet")
    func retires() async throws {
        let fixture = try await clearProject()
        #expect(try await fixture.delete(fixture.K3).dates != nil)
        for log in try await fixture.logs() { #expect(log.isRetired(fixture.K3)) }
    }

    @Test("is refused while anything needs it, and leaves no announcement that stands")
    func refused() async throws {
        let fixture = try await KeysFixture()
        try await fixture.takeSnapshot(in: 1, under: [fixture.K1])
        try await fixture.rotate(to: fixture.K2)
        #expect(try await fixture.delete(fixture.K1).report?.exitCode == 20)
        #expect(try await fixture.delete(fixture.K2).report?.exitCode == 20)
        #expect(try await state(fixture.K1, fixture) == .enabled)
        for log in try await fixture.logs() { #expect(log.leaving.isEmpty) }
    }

    @Test("W4: is refused unless proven: a forged envelope, a missing pack")
    func unproven() async throws {
        let fixture = try await KeysFixture()
        try await fixture.takeSnapshot(in: 0, under: [fixture.K1, fixture.K2], forged: [fixture.K2])
        try await fixture.rotate(to: fixture.K2)
        #expect(try await fixture.delete(fixture.K1).report?.exitCode == 22)
        let other = try await clearProject()
        let pack = try #require(other.stores[0].names.first { $0.text.hasPrefix("packs/") })
        try await other.stores[0].delete(pack)
        #expect(try await other.delete(other.K1).report?.exitCode == 22)
        for fixture in [fixture, other] {
            #expect(fixture.keyManager.calls[.scheduleDeletion] == nil)
            for log in try await fixture.logs() {
                #expect(log.withdrawn == Set(log.announcements.map(\.id)) && !log.announcements.isEmpty)
            }
        }
    }

    @Test("is refused while a snapshot is open that read the key log before the retirement")
    func openSnapshot() async throws {
        let fixture = try await clearProject()
        try await fixture.start(in: 1, position: 1)
        let report = try await fixture.delete(fixture.K1).report
        #expect(report?.verdict.blockers.map(\.type) == [.pin])
        let other = try await clearProject()
        try await other.start(in: 1, position: try await other.logs()[1].position)
        #expect(try await other.delete(other.K1).dates != nil)
    }

    @Test(
        "interrupted at any call and begun again, it is scheduled once, under one announcement", arguments: Fault.Moment.allCases)
    func interrupted(moment: Fault.Moment) async throws {
        var (occurrence, isInterrupted) = (0, true)
        while isInterrupted {
            occurrence += 1
            let fixture = try await clearProject()
            // Lost answers differ from failed calls for a create alone.
            let operation: StoreOperation? = moment == .after ? .create : nil
            let gate = Gate(Fault(operation, at: occurrence, moment, isLasting: true))
            do {
                _ = try await fixture.delete(fixture.K1, in: fixture.project { GatedStore($0, gate) })
                isInterrupted = gate.hasStruck
            } catch {}
            #expect(try await fixture.delete(fixture.K1).dates != nil, "call \(occurrence)")
            for log in try await fixture.logs() {
                let standing = log.announcements.filter { !log.withdrawn.contains($0.id) }
                #expect(standing.count == 1, "call \(occurrence)")
                #expect(log.approved == Set(standing.map(\.id)), "call \(occurrence)")
            }
            #expect(fixture.keyManager.calls[.scheduleDeletion] == 1)
        }
        #expect(occurrence > 6)
    }

    @Test("case 26: two operators delete K1 and K3 of one snapshot at once: both never go", arguments: 0..<20)
    func joint(seed: UInt64) async throws {
        let fixture = try await KeysFixture()
        try await fixture.takeSnapshot(in: 0, under: [fixture.K1, fixture.K3])
        try await fixture.rotate(to: fixture.K2)
        try await RetireKey(fixture.project(), keys: fixture.keys).run(fixture.K3, at: fixture.time, by: "test")
        let yields = Mutex(SeededRandom(seed: seed))
        let project = fixture.project { store in
            GatedStore(store) { _, _ in
                for _ in 0..<yields.withLock({ $0.next() % 8 }) { await Task.yield() }
            }
        }
        await withTaskGroup(of: Void.self) { group in
            for cmk in [fixture.K1, fixture.K3] {
                group.addTask { _ = try? await fixture.delete(cmk, in: project) }
            }
        }
        let states = [try await state(fixture.K1, fixture), try await state(fixture.K3, fixture)]
        #expect(states.contains(.enabled))
    }

    @Test("case 26: K3 approved and not yet scheduled covers nothing: K1 stays")
    func approvedRival() async throws {
        let fixture = try await KeysFixture()
        try await fixture.takeSnapshot(in: 0, under: [fixture.K1, fixture.K3])
        try await fixture.rotate(to: fixture.K2)
        let rival = Announcement(id: Random.id(), home: fixture.repositories[1].id, cmks: [fixture.K3])
        try await fixture.append(
            [.retire(fixture.K3), .announce(rival), .approve(rival.id)], to: fixture.repositories[1])
        #expect(try await fixture.delete(fixture.K1).report?.exitCode == 20)
        #expect(try await fixture.delete(fixture.K3).dates != nil)
        #expect(try await fixture.delete(fixture.K1).report?.exitCode == 20)
    }

    @Test("a key log that moves between check and approval is judged again: another's announcement takes the cover away")
    func staleProof() async throws {
        let fixture = try await KeysFixture(clusters: 1)
        try await fixture.takeSnapshot(in: 0, under: [fixture.K1, fixture.K3])
        try await fixture.rotate(to: fixture.K2)
        try await fixture.append([.retire(fixture.K3)], to: fixture.repositories[0])
        let rival = Announcement(id: Random.id(), home: fixture.repositories[0].id, cmks: [fixture.K3])
        // Once K1 is announced, the first read of that very log after the proof began meets the rival's announcement.
        let listings = Mutex(0)
        let project = fixture.project { store in
            GatedStore(store) { operation, text in
                guard operation == .list, text == "keys/" else { return }
                let isApproval = listings.withLock { count in
                    count += 1
                    return count == Self.keyListingsBeforeApproval
                }
                if isApproval { try? await fixture.append([.announce(rival)], to: fixture.repositories[0]) }
            }
        }
        let outcome = try await fixture.delete(fixture.K1, in: project)
        #expect(listings.withLock { $0 } > Self.keyListingsBeforeApproval)
        #expect(outcome.report?.verdict.blockers.map(\.type) == [.snapshot])
        #expect(try await state(fixture.K1, fixture) == .enabled)
        let log = try await fixture.logs()[0]
        #expect(log.approved.isEmpty)
        #expect(log.announcements.map(\.cmks) == [[fixture.K1], [fixture.K3]])
    }

    /// First reading 2, closure 1, announce 2 (append, and nothing left to do), reading 2, after the proof 1; the next approves.
    private static let keyListingsBeforeApproval = 9

    @Test("withdrawn by another hand before the approval, nothing is scheduled")
    func withdrawnMeanwhile() async throws {
        let fixture = try await clearProject(clusters: 1)
        let isDone = Mutex(false)
        let project = fixture.project { store in
            GatedStore(store) { operation, text in
                guard operation == .list, text.hasPrefix("packs/"),
                    isDone.withLock({ done in
                        defer { done = true }
                        return !done
                    })
                else { return }
                _ = try? await CancelDeletion(fixture.project(), keys: fixture.keys).run(
                    fixture.K1, at: fixture.time, by: "other")
            }
        }
        await #expect(throws: HoldfastError.self) { _ = try await fixture.delete(fixture.K1, in: project) }
        #expect(isDone.withLock { $0 })
        #expect(try await state(fixture.K1, fixture) == .enabled)
        #expect(try await fixture.delete(fixture.K1).dates != nil)
        #expect(try await fixture.logs()[0].announcements.count == 2)
    }

    @Test("taken back at home, it is not called approved for what a copy still says while something cannot be read")
    func cancelledAtHome() async throws {
        let fixture = try await KeysFixture(clusters: 3)
        try await fixture.rotate(to: fixture.K2)
        let announcement = Announcement(id: Random.id(), home: fixture.repositories[0].id, cmks: [fixture.K1])
        for repository in fixture.repositories {
            try await fixture.append([.announce(announcement), .approve(announcement.id)], to: repository)
        }
        let project = fixture.project(without: 2)
        guard case .approved = try await fixture.delete(fixture.K1, in: project) else {
            Issue.record("its home log says so")
            return
        }
        try await fixture.append([.cancelled(fixture.K1)], to: fixture.repositories[0])
        #expect(try await fixture.delete(fixture.K1, in: project).report?.verdict.answer == .unknown)
    }

    @Test("approved at home while a copy is withdrawn by a forged record, it is scheduled all the same: the home log decides")
    func forgedWithdrawal() async throws {
        let fixture = try await clearProject()
        let copy = fixture.repositories[1]
        let project = fixture.project { store in
            GatedStore(store) { operation, text in
                guard operation == .list, text.hasPrefix("packs/"), let log = try? await copy.readKeyLog().log,
                    let announcement = log.announcements.first, log.withdrawn.isEmpty
                else { return }
                try? await fixture.append([.withdraw(announcement.id)], to: copy)
            }
        }
        #expect(try await fixture.delete(fixture.K1, in: project).dates != nil)
        let logs = try await fixture.logs()
        #expect(logs[1].withdrawn.count == 1 && logs[1].scheduled.keys.contains(fixture.K1))
    }

    @Test("cancelled, the CMK opens snapshots again, is a cover never again, and may be deleted under a new id")
    func cancelled() async throws {
        let fixture = try await clearProject()
        _ = try await fixture.delete(fixture.K1)
        let cancellation = CancelDeletion(fixture.project(), keys: fixture.keys)
        #expect(try await cancellation.run(fixture.K1, at: fixture.time, by: "test") == .cancelled)
        #expect(try await state(fixture.K1, fixture) == .enabled)
        for log in try await fixture.logs() {
            #expect(log.scheduled.isEmpty && log.leaving == [fixture.K1])
        }
        await #expect(throws: HoldfastError.self) {
            _ = try await cancellation.run(fixture.K1, at: fixture.time, by: "test")
        }
        #expect(try await fixture.delete(fixture.K1).dates != nil)
        #expect(try await fixture.logs()[0].announcements.count == 2)
    }

    @Test("without a cluster that a roster names, nothing is announced")
    func hiddenCluster() async throws {
        let fixture = try await clearProject()
        let before = try await fixture.logs()
        #expect(try await fixture.delete(fixture.K1, in: fixture.project(without: 1)).report?.exitCode == 21)
        #expect(try await fixture.logs() == before)
    }
}
