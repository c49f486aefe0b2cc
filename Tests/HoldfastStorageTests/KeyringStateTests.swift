import FoundationEssentials
import HoldfastModel
import HoldfastStorage
import Testing

@Suite("What becomes of a CMK in the local keyring")
struct KeyringStateTests {
    let fixture: KeyringFixture
    let day: Int64 = 86_400

    init() throws { fixture = try KeyringFixture() }

    @Test("a waiting period is from 7 to 365 days", arguments: [(6, false), (7, true), (30, true), (365, true), (366, false)])
    func waitingPeriods(days: Int64, isAccepted: Bool) async throws {
        let keyring = try await fixture.created()
        let cmk = try await keyring.createCMK(label: "a")
        if isAccepted {
            #expect(try await keyring.schedule(cmk, days: days) == fixture.now + days * day)
        } else {
            let error = await #expect(throws: KeyManagerError.self) { try await keyring.schedule(cmk, days: days) }
            #expect("\(String(describing: error))".contains("from 7 to 365 days, not \(days) days"))
            #expect(try await keyring.describe(cmk).state == .enabled)
        }
    }

    @Test("after its waiting period the next command that opens the keyring destroys the CMK; a stone remains")
    func destruction() async throws {
        let keyring = try await fixture.created()
        let (doomed, kept) = (try await keyring.createCMK(label: "doomed"), try await keyring.createCMK(label: "kept"))
        let envelope = try await keyring.wrapKey(under: doomed)
        let date = try await keyring.schedule(doomed, days: 7)

        fixture.now = date + -1
        _ = try await keyring.wrapKey(under: kept)
        #expect(try await keyring.describe(doomed).state == .pendingDeletion)

        fixture.now = date
        #expect(try await keyring.describe(doomed).state == .pendingDeletion, "describe opens nothing")
        _ = try await keyring.wrapKey(under: kept)
        let stone = try await keyring.describe(doomed)
        #expect(stone.state == .deleted && stone.label == "doomed" && stone.deletionDate == date && stone.created == nil)
        #expect(try fixture.text.components(separatedBy: #""sealed":"#).count == 2)
        await #expect(throws: KeyManagerError.state(doomed, .deleted)) { try await keyring.unwrapKey(envelope) }
    }

    @Test("a deletion can be cancelled for as long as the CMK is there, however late, and nothing else that is due goes by that")
    func overdue() async throws {
        let keyring = try await fixture.created()
        let (late, other) = (try await keyring.createCMK(label: "late"), try await keyring.createCMK(label: "other"))
        let envelopes = [try await keyring.wrapKey(under: late), try await keyring.wrapKey(under: other)]
        _ = try await keyring.schedule(other, days: 7)
        fixture.now = try await keyring.schedule(late, days: 7) + 5 * day
        await #expect(throws: KeyManagerError.state(late, .pendingDeletion)) { try await keyring.enable(late) }
        for cmk in [late, other] {
            #expect(try await keyring.describe(cmk).state == .pendingDeletion)
            try await keyring.cancelDeletion(of: cmk)
            try await keyring.enable(cmk)
        }
        for envelope in envelopes { #expect(try await keyring.unwrapKey(envelope) == LocalKeyring.key) }
    }

    @Test("it cannot be cancelled once the CMK is destroyed, nor with the clock set back")
    func tooLate() async throws {
        let keyring = try await fixture.created()
        let (cmk, other) = (try await keyring.createCMK(label: "a"), try await keyring.createCMK(label: "b"))
        let start = fixture.now
        fixture.now = try await keyring.schedule(cmk, days: 7) + 5
        _ = try await keyring.wrapKey(under: other)
        await #expect(throws: KeyManagerError.state(cmk, .deleted)) { try await keyring.cancelDeletion(of: cmk) }
        fixture.now = start
        #expect(try await fixture.keyring().describe(cmk).state == .deleted)
        await #expect(throws: KeyManagerError.self) { try await fixture.keyring().cancelDeletion(of: cmk) }
    }

    @Test("with the clock set back nothing is written, but what was wrapped still opens")
    func clockSetBack() async throws {
        let keyring = try await fixture.created()
        let cmk = try await keyring.createCMK(label: "a")
        let envelope = try await keyring.wrapKey(under: cmk)
        let generation = try await keyring.edition()?.number
        fixture.now = fixture.now + -1
        let error = await #expect(throws: KeyManagerError.self) { try await keyring.disable(cmk) }
        #expect("\(String(describing: error))".contains("set the clock right first"))
        #expect(try await keyring.edition()?.number == generation)
        #expect(try await keyring.unwrapKey(envelope) == LocalKeyring.key)
    }

    @Test("a simulated time is neither held against the keyring nor remembered")
    func simulatedTime() async throws {
        let keyring = try await fixture.created()
        let seen = #""seen":"\#(fixture.now)""#
        for offset in [-1000 * day, 1000 * day] {
            let simulated = fixture.keyring(simulatedTime: fixture.now + offset)
            let cmk = try await simulated.createCMK(label: "a")
            #expect(try await simulated.describe(cmk).created == fixture.now + offset)
            #expect(try fixture.text.contains(seen))
        }
        fixture.now = fixture.now + 1
        _ = try await keyring.createCMK(label: "b")
        #expect(try !fixture.text.contains(seen))
    }

    @Test("a keyring that has only known simulated times holds none against the clock")
    func simulatedCreation() async throws {
        _ = try await fixture.created(simulatedTime: fixture.now + 1000 * day)
        #expect(try fixture.text.contains(#""seen":null"#))
        _ = try await fixture.keyring().createCMK(label: "a")
    }

    @Test("a simulated time beyond the waiting period destroys for good")
    func simulatedDestruction() async throws {
        let keyring = try await fixture.created()
        let (cmk, other) = (try await keyring.createCMK(label: "a"), try await keyring.createCMK(label: "b"))
        let date = try await keyring.schedule(cmk, days: 30)
        _ = try await fixture.keyring(simulatedTime: date).wrapKey(under: other)
        await #expect(throws: KeyManagerError.state(cmk, .deleted)) { try await keyring.cancelDeletion(of: cmk) }
    }

    @Test(
        "whoever only reads destroys nothing that is due, and calls nothing destroyed that can be taken back",
        arguments: [true, false])
    func reading(isSimulated: Bool) async throws {
        let keyring = try await fixture.created()
        let (cmk, other) = (try await keyring.createCMK(label: "a"), try await keyring.createCMK(label: "b"))
        let (due, kept) = (try await keyring.wrapKey(under: cmk), try await keyring.wrapKey(under: other))
        let date = try await keyring.schedule(cmk, days: 30)
        if !isSimulated { fixture.now = date }
        let later = fixture.keyring(simulatedTime: isSimulated ? date : nil)
        #expect(try await later.unwrapKey(kept) == LocalKeyring.key)
        await #expect(throws: KeyManagerError.state(cmk, .pendingDeletion)) { try await later.unwrapKey(due) }
        try await keyring.cancelDeletion(of: cmk)
        try await keyring.enable(cmk)
        #expect(try await keyring.unwrapKey(due) == LocalKeyring.key)
    }

    @Test("where what is due cannot be destroyed, another CMK wraps all the same")
    func unwritable() async throws {
        let keyring = try await fixture.created()
        let (cmk, other) = (try await keyring.createCMK(label: "a"), try await keyring.createCMK(label: "b"))
        fixture.now = try await keyring.schedule(cmk, days: 30)
        let lock = keyring.lockPath
        try FileManager.default.removeItem(atPath: lock)
        try FileManager.default.createDirectory(atPath: lock, withIntermediateDirectories: false)
        let envelope = try await keyring.wrapKey(under: other)
        #expect(try await keyring.unwrapKey(envelope) == LocalKeyring.key)
        #expect(try await keyring.describe(cmk).state == .pendingDeletion)
        try FileManager.default.removeItem(atPath: lock)
        _ = try await keyring.wrapKey(under: other)
        #expect(try await keyring.describe(cmk).state == .deleted)
    }

    @Test(
        "what is an older copy, or may be one, opens what it opens, and is neither swept nor changed",
        arguments: [KeyringStanding.older(than: 9), .unknown("nobody could be asked")])
    func notNewest(standing: KeyringStanding) async throws {
        let keyring = try await fixture.created()
        let (cmk, other) = (try await keyring.createCMK(label: "a"), try await keyring.createCMK(label: "b"))
        fixture.now = try await keyring.schedule(cmk, days: 30)
        let before = try fixture.text
        let copy = fixture.keyring(standing: { _ in standing })
        let envelope = try await copy.wrapKey(under: other)
        #expect(try await copy.unwrapKey(envelope) == LocalKeyring.key)
        await #expect(throws: KeyManagerError.self) { try await copy.createCMK(label: "c") }
        await #expect(throws: KeyManagerError.self) { try await copy.disable(other) }
        if case .older = standing {
            await #expect(throws: KeyManagerError.self) { try await copy.cancelDeletion(of: cmk) }
            await #expect(throws: KeyManagerError.self) { try await copy.enable(other) }
        }
        #expect(try fixture.text == before)
        #expect(fixture.told == [standing], "told once")
        _ = try await keyring.wrapKey(under: other)
        #expect(try await keyring.describe(cmk).state == .deleted)
    }

    @Test("a CMK is had back also where nobody can say whether this is an older copy, and nothing else that is due goes by that")
    func unasked() async throws {
        let keyring = try await fixture.created()
        let (cmk, other) = (try await keyring.createCMK(label: "a"), try await keyring.createCMK(label: "b"))
        _ = try await keyring.schedule(other, days: 7)
        fixture.now = try await keyring.schedule(cmk, days: 7) + day
        let unasked = fixture.keyring(standing: { _ in .unknown("nobody could be asked") })
        try await unasked.cancelDeletion(of: cmk)
        try await unasked.enable(cmk)
        #expect(try await keyring.describe(cmk).state == .enabled)
        #expect(try await keyring.describe(other).state == .pendingDeletion)
        #expect(fixture.told.contains(.unknown("nobody could be asked")))
    }

    @Test("what another process wrote while secrets were derived is opened instead, and no older copy is told of")
    func writtenMeanwhile() async throws {
        let keyring = try await fixture.created()
        _ = try await keyring.createCMK(label: "a")
        let before = try fixture.text
        let cmk = try await keyring.createCMK(label: "b")
        let (after, edition) = (try fixture.text, try await keyring.edition())
        let latest = try #require(edition).number
        try fixture.edit(before)
        let late = fixture.keyring(
            meanwhile: { [fixture] in
                do { try fixture.edit(after) } catch { Issue.record("\(error)") }
            },
            standing: { $0.number < latest ? .older(than: latest) : .newest })
        let envelope = try await late.wrapKey(under: cmk)
        #expect(try await late.unwrapKey(envelope) == LocalKeyring.key)
        #expect(fixture.told.isEmpty)
        try fixture.edit(before)
        await #expect(throws: KeyManagerError.self) { try await late.createCMK(label: "c") }
        #expect(fixture.told == [.older(than: latest)])
    }

    @Test("a CMK of another project is neither used, changed nor described")
    func foreignProject() async throws {
        let cmk = try await fixture.created().createCMK(label: "a")
        let other = fixture.keyring(project: "bank")
        let refusal = KeyManagerError.foreignProject(cmk, project: KeyringFixture.project)
        await #expect(throws: refusal) { try await other.wrapKey(under: cmk, project: "bank") }
        await #expect(throws: refusal) { try await other.schedule(cmk, days: 30) }
        await #expect(throws: refusal) { try await other.disable(cmk) }
        await #expect(throws: refusal) { try await other.enable(cmk) }
        await #expect(throws: refusal) { try await other.cancelDeletion(of: cmk) }
        await #expect(throws: refusal) { try await other.destroy(cmk) }
        await #expect(throws: refusal) { try await other.describe(cmk) }
        #expect(try await other.list().isEmpty)
    }

    @Test("a CMK can be destroyed at once, once")
    func destroyAtOnce() async throws {
        let keyring = try await fixture.created()
        let cmk = try await keyring.createCMK(label: "a")
        try await keyring.destroy(cmk)
        #expect(try await keyring.describe(cmk).state == .deleted)
        await #expect(throws: KeyManagerError.state(cmk, .deleted)) { try await keyring.destroy(cmk) }
    }

    @Test("what changes nothing writes nothing, and each write counts")
    func generations() async throws {
        let keyring = try await fixture.created()
        #expect(try await keyring.edition()?.number == 1)
        let cmk = try await keyring.createCMK(label: "a")
        _ = try await keyring.wrapKey(under: cmk)
        try await keyring.enable(cmk)
        #expect(try await keyring.edition()?.number == 2)
        try await keyring.disable(cmk)
        #expect(try await keyring.edition()?.number == 3)
    }
}
