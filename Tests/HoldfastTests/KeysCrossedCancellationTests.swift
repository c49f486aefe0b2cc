import Holdfast
import HoldfastCrypto
import HoldfastModel
import HoldfastTesting
import Synchronization
import Testing

@Suite("A deletion that one hand takes back while another schedules it")
struct KeysCrossedCancellationTests {
    /// K1 rotated out, K3 never used: nothing needs them.
    private func clearProject() async throws -> KeysFixture {
        let fixture = try await KeysFixture()
        try await fixture.takeSnapshot(in: 0, under: [fixture.K2])
        try await fixture.rotate(to: fixture.K2)
        return fixture
    }

    private func cancel(_ cmk: CMK, _ fixture: KeysFixture, in project: ProjectRepositories? = nil) async throws {
        let cancellation = CancelDeletion(project ?? fixture.project(), keys: fixture.keys)
        #expect(try await cancellation.run(cmk, at: fixture.time, by: "other") == .cancelled)
    }

    private func state(_ cmk: CMK, _ fixture: KeysFixture) async throws -> CMKState {
        try await fixture.keyManager.describe(cmk).state
    }

    /// Deletes K1 and K3; another cancels `cmk` just before the key manager is asked to schedule K1.
    private func delete(cancelling cmk: CMK, _ fixture: KeysFixture) async throws -> HoldfastError? {
        let manager = HaltedKeyManager(base: fixture.keyManager) { asked in
            guard asked == fixture.K1 else { return }
            do { try await cancel(cmk, fixture) } catch { Issue.record("\(error)") }
        }
        let keys = KeyManagers([manager], trusted: fixture.cmks.compactMap { CMKPattern($0.uri) })
        return await #expect(throws: HoldfastError.self) {
            _ = try await DeleteKey(fixture.project(), keys: keys).run(
                [fixture.K1, fixture.K3], waiting: fixture.waiting, at: fixture.time, by: "test")
        }
    }

    @Test("is not asked for any more once that stands in the log")
    func beforeItsTurn() async throws {
        let fixture = try await clearProject()
        let error = try await delete(cancelling: fixture.K3, fixture)
        #expect(error?.isLostRace == true, "\(String(describing: error))")
        #expect(try await state(fixture.K3, fixture) == .enabled)
        for log in try await fixture.logs() { #expect(log.scheduled[fixture.K3] == nil && log.cancelled == [fixture.K3]) }
    }

    @Test("is taken back by whoever asked, where the request was on its way by then")
    func onItsWay() async throws {
        let fixture = try await clearProject()
        let error = try await delete(cancelling: fixture.K1, fixture)
        #expect(error?.isLostRace == true, "\(String(describing: error))")
        #expect(fixture.keyManager.calls[.scheduleDeletion] == 1)
        for cmk in [fixture.K1, fixture.K3] { #expect(try await state(cmk, fixture) == .enabled) }
        for log in try await fixture.logs() { #expect(log.scheduled.isEmpty && log.cancelled == [fixture.K1]) }
    }

    @Test("is taken back by whoever cancels, where it was asked for before that stood in the log")
    func beforeTheRecord() async throws {
        let fixture = try await clearProject()
        let announcement = Announcement(id: Random.id(), home: fixture.repositories[0].id, cmks: [fixture.K1])
        for repository in fixture.repositories {
            try await fixture.append([.announce(announcement), .approve(announcement.id)], to: repository)
        }
        let project = fixture.project { store in
            GatedStore(store) { operation, name in
                if operation == .create, name.hasPrefix("keys/") { fixture.keyManager.set(fixture.K1, .pendingDeletion) }
            }
        }
        try await cancel(fixture.K1, fixture, in: project)
        #expect(try await state(fixture.K1, fixture) == .enabled)
    }

    @Test("is not written down as scheduled where it was cancelled since")
    func afterTheRequest() async throws {
        let fixture = try await clearProject()
        let isDone = Mutex(false)
        let project = fixture.project { store in
            GatedStore(store) { operation, name in
                guard operation == .create, name.hasPrefix("keys/"), fixture.keyManager.calls[.scheduleDeletion] == 1,
                    isDone.withLock({ done in
                        defer { done = true }
                        return !done
                    })
                else { return }
                do { try await cancel(fixture.K1, fixture) } catch { Issue.record("\(error)") }
            }
        }
        _ = try await fixture.delete(fixture.K1, in: project)
        #expect(isDone.withLock { $0 })
        #expect(try await state(fixture.K1, fixture) == .enabled)
        for log in try await fixture.logs() { #expect(log.scheduled.isEmpty && log.cancelled == [fixture.K1]) }
    }
}

/// Lets something happen just before it is asked to schedule a deletion.
private struct HaltedKeyManager: KeyManager {
    let base: FakeKeyManager
    let beforeScheduling: @Sendable (CMK) async -> Void

    var scheme: String { base.scheme }

    func describe(_ cmk: CMK) async throws(KeyManagerError) -> CMKDescription { try await base.describe(cmk) }
    func list() async throws(KeyManagerError) -> [CMKDescription] { try await base.list() }

    func wrap(
        _ key: borrowing Secret, under cmk: CMK, context: EncryptionContext
    ) async throws(KeyManagerError) -> Envelope {
        try await base.wrap(key, under: cmk, context: context)
    }

    func unwrap(_ envelope: Envelope, context: EncryptionContext) async throws(KeyManagerError) -> Secret {
        try await base.unwrap(envelope, context: context)
    }

    func scheduleDeletion(
        of cmk: CMK, proof: borrowing DeletionProof, waiting: Period
    ) async throws(KeyManagerError) -> Timestamp {
        await beforeScheduling(cmk)
        return try await base.scheduleDeletion(of: cmk, proof: proof, waiting: waiting)
    }

    func cancelDeletion(of cmk: CMK) async throws(KeyManagerError) { try await base.cancelDeletion(of: cmk) }
    func disable(_ cmk: CMK) async throws(KeyManagerError) { try await base.disable(cmk) }
    func enable(_ cmk: CMK) async throws(KeyManagerError) { try await base.enable(cmk) }
}

extension HoldfastError {
    fileprivate var isLostRace: Bool { if case .lostRace = self { true } else { false } }
}
