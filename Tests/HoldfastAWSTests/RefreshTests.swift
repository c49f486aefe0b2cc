import HoldfastAWS
import HoldfastModel
import HoldfastTesting
import Testing

@Suite("Credentials that end")
struct RefreshTests {
    private static let container = "GET http://169.254.170.2/c"

    /// A container whose neighbour gives these, one after the other; the first end at 19:00, an hour from now.
    private static func fixture(_ answers: [HTTPResponse]) -> CredentialFixture {
        CredentialFixture(["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/c"], answers: [container: answers])
    }

    @Test("they are kept until five minutes before their end, then fetched anew")
    func margin() async throws {
        let fixture = Self.fixture([.keys("1"), .keys("2", expires: "2027-01-31T20:00:00Z")])
        let source = try fixture.access().credentials()
        for _ in 0..<3 { #expect(try await source.credentials().accessKeyID == "1") }
        fixture.clock.advance(bySeconds: 3600 - 301)
        #expect(try await source.credentials().accessKeyID == "1")
        fixture.clock.advance(bySeconds: 1)
        #expect(try await source.credentials().accessKeyID == "2")
        #expect(fixture.sent.count == 2)
    }

    @Test("a source that is out of reach takes nothing away while the old ones last, and no longer")
    func outage() async throws {
        let fixture = Self.fixture([.keys("1"), .text("", status: 503)])
        let source = try fixture.access().credentials()
        _ = try await source.credentials()
        fixture.clock.advance(bySeconds: 3590)
        #expect(try await source.credentials().accessKeyID == "1")
        fixture.clock.advance(bySeconds: 10)
        await #expect(throws: CredentialError.self) { try await source.credentials() }
    }

    @Test("where there are none, not everyone finds out anew; after ten seconds the source is asked again")
    func failure() async throws {
        let fixture = Self.fixture([.text("", status: 403), .keys("1")])
        let source = try fixture.access().credentials()
        for _ in 0..<5 { await #expect(throws: CredentialError.self) { try await source.credentials() } }
        #expect(fixture.sent.count == 1)
        fixture.clock.advance(bySeconds: 10)
        #expect(try await source.credentials().accessKeyID == "1")
    }

    @Test("many who ask at once have them fetched once")
    func singleFlight() async throws {
        let fixture = Self.fixture([.keys("1"), .keys("2")])
        let source = try fixture.access().credentials()
        let found = try await withThrowingTaskGroup(of: Credentials.self) { group in
            for _ in 0..<20 { group.addTask { try await source.credentials() } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(Set(found.map(\.accessKeyID)) == ["1"])
        #expect(fixture.sent.count == 1)

        let renewed = try await withThrowingTaskGroup(of: Credentials.self) { group in
            for _ in 0..<20 { group.addTask { try await source.credentials(insteadOf: found[0]) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(Set(renewed.map(\.accessKeyID)) == ["2"])
        #expect(fixture.sent.count == 2)
    }
}
