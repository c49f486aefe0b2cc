import HoldfastAWS
import HoldfastModel
import HoldfastTesting
import HoldfastTestingAWS
import Testing

@Suite("Notes of AWS KMS on a CMK")
struct KMSNotesTests {
    @Test("rotation and last use are told as notes")
    func notes() async throws {
        try await KMSFixture.run { fixture in
            let (manager, cmk) = (try fixture.manager(), try fixture.createCMK())
            let rotation = try await manager.rotation(of: cmk)
            #expect(rotation.isAutomatic)
            #expect(rotation.past == [fixture.clock.now + 10, fixture.clock.now])
            #expect(try await manager.lastUse(of: cmk).time == nil)
            let envelope = try await manager.wrapProbe(under: cmk)
            let use = try await manager.lastUse(of: cmk)
            #expect(use.operation == "Encrypt" && use.time == fixture.clock.now && use.requestID == envelope.requestID)
            #expect(use.trackingStart == fixture.clock.now)
            let notes = try #require(await manager.notes(on: cmk))
            #expect(notes.lastUsed == fixture.clock.now && notes.isRotatedAutomatically == true)
            #expect(notes.lines.count == 2 && notes.lines[0].contains("(Encrypt): ask who"), "\(notes.lines)")
            #expect(notes.lines[1].hasSuffix("the ARN stays, and nothing becomes free by it"))
        }
    }

    @Test("what the notes lack is told as briefly, and who is silent is not asked for more")
    func missingNotes() async throws {
        try await KMSFixture.run { fixture in
            let (manager, cmk) = (try fixture.manager(policy: RetryPolicy(attempts: 1)), try fixture.createCMK())
            fixture.fake.stopRotation(of: fixture.arn(cmk))
            let unused = try #require(await manager.notes(on: cmk))
            #expect(unused.lastUsed == nil && unused.isRotatedAutomatically == false)
            #expect(
                unused.lines[0].hasPrefix("AWS KMS has seen no use of it since ") && unused.lines[0].hasSuffix("proves nothing"))
            fixture.fake.deny("GetKeyLastUsage")
            fixture.fake.deny("ListKeyRotations")
            let denied = try #require(await manager.notes(on: cmk))
            #expect(denied.lines.count == 2 && denied.lines.allSatisfy { $0.hasSuffix("is denied") }, "\(denied.lines)")
            fixture.fake.setWeather(.closed, in: "us-east-1")
            fixture.fake.forget()
            #expect(await manager.notes(on: cmk)?.lines == ["when it was last used is not known: AWS KMS does not say"])
            #expect(fixture.fake.log == ["us-east-1 GetKeyLastUsage"])
        }
    }
}
