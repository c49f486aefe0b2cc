import FoundationEssentials
import HoldfastFormat
import HoldfastModel
import HoldfastStorage
import HoldfastTesting
import Testing

@Suite("Key managers that are programs")
struct KeyProgramTests {
    static let cmk = CMK("exec:p/k")
    static let key = (0..<32).map { UInt8($0) }

    /// Every request that is about a CMK.
    static let calls: [(String, @Sendable (any KeyManager, CMK) async throws(KeyManagerError) -> Void)] = [
        ("describe", { (manager, cmk) throws(KeyManagerError) in _ = try await manager.describe(cmk) }),
        ("record_use", { (manager, cmk) throws(KeyManagerError) in try await manager.recordUse(of: cmk, by: Self.repository) }),
        ("wrap", { (manager, cmk) throws(KeyManagerError) in _ = try await Self.wrap(manager, cmk) }),
        ("unwrap", { (manager, cmk) throws(KeyManagerError) in _ = try await Self.unwrap(manager, cmk) }),
        ("schedule_deletion", { (manager, cmk) throws(KeyManagerError) in _ = try await Self.schedule(manager, cmk) }),
        ("cancel_deletion", { (manager, cmk) throws(KeyManagerError) in try await manager.cancelDeletion(of: cmk) }),
        ("disable", { (manager, cmk) throws(KeyManagerError) in try await manager.disable(cmk) }),
        ("enable", { (manager, cmk) throws(KeyManagerError) in try await manager.enable(cmk) }),
    ]

    @Test("the example over openssl holds what the port promises", arguments: KeyManagerConformance.sentences)
    func example(_ sentence: KeyManagerConformance.Sentence) async throws {
        let fixture = try KeyProgramFixture()
        let subject = KeyManagerConformance.Subject(
            manager: fixture.openssl, project: "shop", unknown: try #require(CMK("exec:p/0")), isSlow: true,
            createCMK: { try fixture.createCMK($0) }, prove: { pretendedProof(of: $0) })
        try await sentence.holds(subject)
        withExtendedLifetime(fixture) {}
    }

    @Test("the example has forty lines, and destroys what is due")
    func exampleDestroys() async throws {
        let text = try String(contentsOf: URL(filePath: KeyProgramFixture.example), encoding: .utf8)
        #expect(text.split(separator: "\n", omittingEmptySubsequences: false).count <= 41)
        let fixture = try KeyProgramFixture()
        let (cmk, other) = (try fixture.createCMK("one"), try fixture.createCMK("other"))
        let envelope = try await Self.wrap(fixture.openssl, cmk)
        let date = try await Self.schedule(fixture.openssl, cmk)
        let keys = URL(filePath: "\(fixture.directory)/keys.json")
        let due = try String(contentsOf: keys, encoding: .utf8).replacing(date.description, with: "2026-01-01T00:00:00Z")
        try Data(due.utf8).write(to: keys)
        // No question does it: whoever asks may be about to take it back.
        #expect(try await fixture.openssl.describe(cmk).state == .pendingDeletion)
        _ = try await Self.wrap(fixture.openssl, other)
        #expect(try await fixture.openssl.describe(cmk).state == .deleted)
        await #expect(throws: KeyManagerError.state(cmk, .deleted)) {
            _ = try await fixture.openssl.unwrap(envelope, context: .sample())
        }
        await #expect(throws: KeyManagerError.state(cmk, .deleted)) { try await fixture.openssl.cancelDeletion(of: cmk) }
        #expect(!FileManager.default.fileExists(atPath: "\(fixture.directory)/\(cmk.name.dropFirst(2)).pem"))
    }

    @Test("each request has its fields, and nothing else")
    func requests() async throws {
        let cmk = try #require(Self.cmk)
        let context = EncryptionContext.sample().pairs.sorted { $0.key < $1.key }.map { #""\#($0.key)":"\#($0.value)""# }
        let (key, joined) = (Base64.encode(Self.key), context.joined(separator: ","))
        let expected = [
            "describe": #""key":"k""#,
            "record_use": #""key":"k","repository":"\#(Self.repository)""#,
            "wrap": #""key":"k","context":{\#(joined)},"plaintext":"\#(key)""#,
            "unwrap": #""key":"k","context":{\#(joined)},"wrapped":"AQID""#,
            "schedule_deletion": #""key":"k","days":7"#,
            "cancel_deletion": #""key":"k""#, "disable": #""key":"k""#, "enable": #""key":"k""#,
        ]
        for (name, call) in Self.calls {
            let fixture = try KeyProgramFixture()
            let manager = try fixture.manager(answering: "{}")
            try? await call(manager, cmk)
            let members = try #require(expected[name])
            #expect(
                String(decoding: try fixture.request.serialized, as: UTF8.self)
                    == #"{"holdfast":1,"request":"\#(name)",\#(members)}"#)
        }
        let fixture = try KeyProgramFixture()
        #expect(try await fixture.manager(answering: #"{"keys":[]}"#).list() == [])
        #expect(try fixture.request == ["holdfast": 1, "request": "list"])
    }

    static let refusalTable: [(String, @Sendable (CMK) -> KeyManagerError)] = [
        (#"{"error":"not_found"}"#, { .notFound($0) }),
        (#"{"error":"denied","message":"ask\u001b[31m Ann"}"#, { .denied($0, detail: "ask [31m Ann") }),
        (#"{"error":"denied"}"#, { .denied($0, detail: "exec:p says no") }),
        (#"{"error":"state","state":"disabled"}"#, { .state($0, .disabled) }),
        (#"{"error":"state","state":"deleted"}"#, { .state($0, .deleted) }),
        (#"{"error":"incorrect"}"#, { .incorrect($0) }),
        (#"{"error":"unreachable","message":"no route"}"#, { _ in .unreachable("exec:p", detail: "no route") }),
        (#"{"error":"unsupported","message":"never"}"#, { .unsuitable($0, detail: "never") }),
    ]

    @Test("a program's no is its own kind of no", arguments: refusalTable)
    func refusals(answer: String, error: @Sendable (CMK) -> KeyManagerError) async throws {
        let cmk = try #require(Self.cmk)
        let fixture = try KeyProgramFixture()
        let manager = try fixture.manager(answering: answer)
        for (name, call) in Self.calls where name != "record_use" {
            await #expect(throws: error(cmk), "\(name)") { try await call(manager, cmk) }
        }
    }

    @Test("a program that keeps no list of repositories is asked in vain, without harm")
    func noRepositories() async throws {
        let fixture = try KeyProgramFixture()
        try await fixture.manager(answering: #"{"error":"unsupported"}"#).recordUse(of: #require(Self.cmk), by: Self.repository)
    }

    @Test(
        "what is no answer is silence, whatever was asked: never gone, never a state",
        arguments: [
            "exit 0", "echo", "echo null", "echo '[]'", "echo '{'", "echo '{} {}'", #"echo '{"error":"gone"}'"#,
            #"echo '{"error":7}'"#, #"echo '{"error":"state"}'"#, #"echo '{"error":"state","state":"denied"}'"#,
            #"echo '{"key":"k","state":"enabled"}'; exit 3"#, #"echo '{"error":"not_found"}'; exit 1"#,
            "kill -9 $$", "head -c 70000 /dev/zero", "yes", "exec sh -c 'exit 127'",
            #"echo '{"key":"other","state":"enabled"}'"#, #"echo '{"key":"k","state":"pending_deletion"}'"#,
            #"echo '{"key":"k","state":"asleep"}'"#, #"echo '{"plaintext":"AAAA","wrapped":""}'"#,
            #"printf '{"key":"k","state":"enabled","label":"\377"}'"#,
        ])
    func silence(script: String) async throws {
        let cmk = try #require(Self.cmk)
        let fixture = try KeyProgramFixture()
        let manager = try fixture.manager(script: script)
        // An answer that is an object, and no error, is one to `record_use`, which has nothing to say.
        for (name, call) in Self.calls where name != "record_use" {
            let error = await #expect(throws: KeyManagerError.self, "\(name)") { try await call(manager, cmk) }
            #expect(error?.isSilence == true, "\(name): \(String(describing: error))")
        }
        let error = await #expect(throws: KeyManagerError.self) { try await manager.list() }
        #expect(error?.isSilence == true)
    }

    @Test(
        "a program that is not there, or may not be run, is silence",
        arguments: ["/nowhere/keys", "holdfast-no-such-program", "/etc/passwd"])
    func missing(program: String) async throws {
        let fixture = try KeyProgramFixture()
        let error = await #expect(throws: KeyManagerError.self) {
            try await fixture.manager([program]).describe(#require(Self.cmk))
        }
        #expect(error?.isSilence == true, "\(String(describing: error))")
    }

    @Test(
        "a program that hangs is ended with all that it started, once its time is over",
        .timeLimit(.minutes(10)),
        arguments: [
            "sleep 3600", "exec 1>&-; sleep 3600", "(sleep 3600; touch late) & exit 0", "yes > /dev/null",
            "trap '' TERM; sleep 3600",
        ])
    func hangs(script: String) async throws {
        let fixture = try KeyProgramFixture()
        let manager = try fixture.manager(script: script, seconds: 1)
        // Where it were not ended, the time limit of this test would tell: how long it takes depends on what else runs here.
        let error = await #expect(throws: KeyManagerError.self) { try await manager.describe(#require(Self.cmk)) }
        #expect(error == .unreachable("exec:p", detail: "it took longer than 1 second and was ended"))
    }

    @Test("a program that reads nothing is answered for all the same")
    func readsNothing() async throws {
        let fixture = try KeyProgramFixture()
        let manager = fixture.manager(["/bin/echo", #"{"key":"k","state":"enabled","label":"one"}"#])
        #expect(try await manager.describe(#require(Self.cmk)).label == "one")
    }

    @Test("a program that gives back what it was given publishes no key")
    func echoes() async throws {
        let fixture = try KeyProgramFixture()
        let manager = try fixture.manager(answering: #"{"wrapped":"\#(Base64.encode([1] + Self.key + [2]))"}"#)
        let error = await #expect(throws: KeyManagerError.self) { _ = try await Self.wrap(manager, #require(Self.cmk)) }
        #expect(
            error == .unreachable("exec:p", detail: "its answer is not understood: member 'wrapped' holds the key in the clear"))
    }

    @Test("a change counts where the answer shows it")
    func halfHearted() async throws {
        let fixture = try KeyProgramFixture()
        let manager = try fixture.manager(answering: #"{"key":"k","state":"enabled"}"#)
        let error = await #expect(throws: KeyManagerError.self) { try await manager.disable(#require(Self.cmk)) }
        #expect(error?.isSilence == true)
    }

    @Test("a URI of another form, and a program that the project does not have, are not called gone")
    func strangers() async throws {
        let fixture = try KeyProgramFixture()
        let manager = try fixture.manager(answering: "{}")
        for uri in ["exec:p", "exec:p/", "exec:/k", "exec:p.q/k"] {
            let cmk = try #require(CMK(uri))
            await #expect(throws: KeyManagerError.unsuitable(cmk, detail: "this is not exec:PROGRAM/KEY")) {
                try await manager.describe(cmk)
            }
        }
        let error = await #expect(throws: KeyManagerError.self) { try await manager.describe(#require(CMK("exec:q/k"))) }
        #expect(error?.isSilence == true)
    }

    @Test(
        "waiting periods are whole days, from 7 to 365",
        arguments: [("6 days", nil), ("7 days", 7), ("169 hours", 8), ("1 years", 365), ("2 years", nil)] as [(String, Int64?)])
    func waiting(period: String, days: Int64?) async throws {
        let cmk = try #require(Self.cmk)
        let fixture = try KeyProgramFixture()
        let manager = try fixture.manager(
            answering: #"{"key":"k","state":"pending_deletion","deletion_date":"2030-01-01T00:00:00Z"}"#)
        let waiting = try #require(Period(period))
        guard let days else {
            await #expect(
                throws: KeyManagerError.unsuitable(cmk, detail: "a waiting period is from 7 to 365 days, not \(waiting)")
            ) {
                _ = try await manager.scheduleDeletion(of: cmk, proof: pretendedProof(of: cmk), waiting: waiting)
            }
            return
        }
        let date = try await manager.scheduleDeletion(of: cmk, proof: pretendedProof(of: cmk), waiting: waiting)
        #expect(date == Timestamp("2030-01-01T00:00:00Z"))
        #expect(try fixture.request.integer("days") == days)
    }
}

extension KeyProgramTests {
    private static let repository: RepositoryID = {
        guard let id = RepositoryID(String(repeating: "ab", count: 16)) else { preconditionFailure("this is an id") }
        return id
    }()

    private static func wrap(_ manager: any KeyManager, _ cmk: CMK) async throws(KeyManagerError) -> Envelope {
        try await manager.wrap(Secret(copying: key.span), under: cmk, context: .sample())
    }

    private static func unwrap(_ manager: any KeyManager, _ cmk: CMK) async throws(KeyManagerError) -> Int {
        let envelope = Envelope(cmk: cmk, wrapped: [1, 2, 3], created: Timestamp(seconds: 0))
        return try await manager.unwrap(envelope, context: .sample()).count
    }

    private static func schedule(_ manager: any KeyManager, _ cmk: CMK) async throws(KeyManagerError) -> Timestamp {
        guard let waiting = Period(7, .days) else { preconditionFailure("7 days are a period") }
        return try await manager.scheduleDeletion(of: cmk, proof: pretendedProof(of: cmk), waiting: waiting)
    }
}

extension KeyManagerError {
    fileprivate var isSilence: Bool {
        if case .unreachable = self { true } else { false }
    }
}
