import HoldfastAWS
import HoldfastModel
import NIOHTTP1
import Testing

@Suite("Trying again, and not too often")
struct RetryTests {
    @Test("pauses lie between nothing and a bound that doubles up to its cap, and end with the attempts")
    func pauses() {
        let policy = RetryPolicy(attempts: 5, base: .milliseconds(100), cap: .milliseconds(350))
        #expect(
            (1...5).map { policy.pause(afterFailures: $0, random: 0.5) } == [
                .milliseconds(50), .milliseconds(100), .milliseconds(175), .milliseconds(175), nil,
            ])
        #expect(policy.pause(afterFailures: 1, random: 0) == .zero)
    }

    @Test("a bucket lets a second's worth pass at once, then one by one, and fills up no further")
    func bucket() {
        var bucket = TokenBucket(rate: 4)
        #expect(
            (0..<6).map { _ in bucket.take(at: .zero) } == [.zero, .zero, .zero, .zero, .milliseconds(250), .milliseconds(500)])
        #expect(bucket.take(at: .seconds(100)) == .zero)
        let waits = (0..<4).map { _ in bucket.take(at: .seconds(100)) }
        #expect(waits == [.zero, .zero, .zero, .milliseconds(250)])
    }

    @Test("a server's fault is tried again until it passes, with a pause before each try")
    func faults() async throws {
        let fixture = ClientFixture([.success(503), .success(500), .success(200)])
        let answer = try await fixture.client().send(fixture.request, judge: ClientFixture.judge)
        #expect(answer.response.status == 200)
        #expect(fixture.pauses.count == 2)
    }

    @Test("what is no fault of the server's is answered at once")
    func final() async throws {
        let fixture = ClientFixture([.success(400), .success(200)])
        #expect(try await fixture.client().send(fixture.request, judge: ClientFixture.judge).response.status == 400)
    }

    @Test("after the last attempt the server's own answer comes back")
    func exhausted() async throws {
        let fixture = ClientFixture(Array(repeating: .success(503), count: 9))
        #expect(try await fixture.client().send(fixture.request, judge: ClientFixture.judge).response.status == 503)
        #expect(fixture.sent == RetryPolicy().attempts)
    }

    @Test("a lost answer is asked for again, unless the request must not happen twice")
    func lost() async throws {
        let fixture = ClientFixture([.failure(.timedOut("h")), .success(200)])
        #expect(try await fixture.client().send(fixture.request, judge: ClientFixture.judge).response.status == 200)

        let once = ClientFixture([.failure(.timedOut("h")), .success(200)])
        var request = once.request
        request.isRepeatable = false
        await #expect(throws: RequestError.transport(.timedOut("h"))) {
            try await once.client().send(request, judge: ClientFixture.judge)
        }
        #expect(once.sent == 1)
    }

    @Test("what never left is tried again even then; a host that cannot prove itself never is")
    func refused() async throws {
        let fixture = ClientFixture([.failure(.refused("h", detail: "")), .success(200)])
        var request = fixture.request
        request.isRepeatable = false
        #expect(try await fixture.client().send(request, judge: ClientFixture.judge).response.status == 200)

        let false_ = ClientFixture([.failure(.tls("h", detail: "expired")), .success(200)])
        await #expect(throws: RequestError.transport(.tls("h", detail: "expired"))) {
            try await false_.client().send(false_.request, judge: ClientFixture.judge)
        }
    }

    @Test("spent credentials are renewed once, and not again")
    func renewal() async throws {
        let fixture = ClientFixture([.success(403), .success(200)])
        let answer = try await fixture.client().send(fixture.request, judge: ClientFixture.judge)
        #expect(answer.response.status == 200)
        #expect(answer.credentials.accessKeyID == "renewed")

        let hopeless = ClientFixture(Array(repeating: .success(403), count: 5))
        #expect(try await hopeless.client().send(hopeless.request, judge: ClientFixture.judge).response.status == 403)
        #expect(hopeless.sent == 2)
    }

    @Test("when the budget of all requests is spent, nobody tries again")
    func budget() async throws {
        let budget = RetryBudget(capacity: 10)
        for expected in [3, 1] {
            let fixture = ClientFixture(Array(repeating: .success(503), count: 9))
            _ = try await fixture.client(budget: budget).send(fixture.request, judge: ClientFixture.judge)
            #expect(fixture.sent == expected)
        }
    }

    @Test("a limiter makes the caller wait for its turn")
    func limited() async throws {
        let fixture = ClientFixture([.success(200), .success(200), .success(200)])
        let client = fixture.client(limiter: RateLimiter(rate: 1, timing: fixture.timing))
        for _ in 0..<3 { _ = try await client.send(fixture.request, judge: ClientFixture.judge) }
        #expect(fixture.pauses == [.seconds(1), .seconds(2)])
    }
}
