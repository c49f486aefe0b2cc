import Holdfast
import HoldfastCLI
import HoldfastFormat
import HoldfastModel
import Testing

@Suite("A failure")
struct FailureTests {
    private static let name = ObjectName.record(1, of: id)
    private static let id = SnapshotID("3f2a9c01000000000000000000000000") ?? { preconditionFailure("an id") }()
    private static let cmk = CMK("local:a/b") ?? { preconditionFailure("a CMK") }()
    private static let other = CMK("local:a/c") ?? { preconditionFailure("a CMK") }()

    private static let table: [(error: HoldfastError, status: Status, object: String)] = [
        (.store(.noRepository("/srv")), .noRepository, "/srv"),
        (.store(.noSpace(name)), .noSpace, name.text),
        (.store(.damaged(name, detail: "short")), .damaged, name.text),
        (.store(.unavailable("/srv", detail: "time-out")), .failed, "/srv"),
        (.keyManager(.passphrase("keyring.json", detail: "wrong passphrase")), .passphrase, "keyring.json"),
        (.keyManager(.noSpace("keyring.json")), .noSpace, "keyring.json"),
        (.keyManager(.newerKeyring("keyring.json")), .damaged, "keyring.json"),
        (.keyManager(.olderKeyring("keyring.json")), .failed, "keyring.json"),
        (.keyManager(.unreachable("keyring.json", detail: "no file")), .keyManagerUnreachable, "keyring.json"),
        (.keyManager(.state(cmk, .disabled)), .cmkUnavailable, cmk.uri),
        (.keyManager(.state(cmk, .pendingDeletion)), .cmkUnavailable, cmk.uri),
        (.keyManager(.state(cmk, .denied)), .cmkUnavailable, cmk.uri),
        (.keyManager(.state(cmk, .destroyed)), .cmkUnavailable, cmk.uri),
        (.keyManager(.state(cmk, .unreachable)), .keyManagerUnreachable, cmk.uri),
        (.keyManager(.state(cmk, .creating)), .cmkUnavailable, cmk.uri),
        (.keyManager(.state(cmk, .unavailable)), .cmkUnavailable, cmk.uri),
        (.keyManager(.denied(cmk, detail: "no policy allows it")), .cmkUnavailable, cmk.uri),
        (.keyManager(.unsuitable(cmk, detail: "it signs")), .cmkUnavailable, cmk.uri),
        (.keyManager(.notFound(cmk)), .cmkUnavailable, cmk.uri),
        (.keyManager(.incorrect(cmk)), .damaged, cmk.uri),
        (.object(name, .headerTampered), .damaged, name.text),
        (.object(name, .newerFormat), .damaged, name.text),
        (.missing(name, needed: "a restore"), .damaged, name.text),
        (.untrusted(cmk), .cmkUnavailable, cmk.uri),
        (.noSuchSnapshot("abcdabcd"), .failed, "abcdabcd"),
        (.noSuchPath("/x"), .failed, "/x"),
        (.lostRace("snapshot \(id) was purged meanwhile", object: id.hex), .lostRace, id.hex),
        (.unknownCMK(cmk), .usage, cmk.uri),
        (.refused("\(cmk) is active in default", object: cmk.uri, remedy: "rotate first"), .failed, cmk.uri),
        (.unfinished(cluster: "b", .store(.noRepository("/srv"))), .noRepository, "/srv"),
        (
            .partlyForgotten([id], .lostRace("snapshot \(id) was purged meanwhile", object: id.hex)), .lostRace, id.hex
        ),
        (.usage("'x' is no snapshot", object: "x"), .usage, "x"),
        (.noSource("/x", detail: "no such file or directory"), .failed, "/x"),
        (.alarm(["snapshot \(id) is gone"]), .damaged, ""),
        (.unwritable("/a//b", detail: "a path"), .failed, "/a//b"),
        (.interrupted, .interrupted, ""),
    ]

    @Test("has its exit code, and names its object, in one line and as JSON", arguments: table.indices)
    func status(row: Int) throws {
        let (error, status, object) = Self.table[row]
        let failure = Failure(error)
        #expect(failure.status == status)
        #expect(failure.object == object)
        #expect(!failure.object.contains(" "), "a name, and no sentence")
        #expect(failure.line.hasPrefix("holdfast: "))
        #expect(!failure.line.contains("\n"))
        #expect(failure.line.contains(object))
        #expect(try failure.json.string("message_type") == "exit_error")
        #expect(try failure.json.integer("code") == Int64(status.rawValue))
        #expect(try failure.json.string("object") == object)
    }

    @Test("of a snapshot that no envelope opens has the first refusal's code, and names every CMK")
    func cannotOpen() {
        let failure = Failure(
            .cannotOpen(
                Self.id,
                [
                    (Self.cmk, .keyManager(.state(Self.cmk, .disabled))),
                    (Self.other, .keyManager(.unreachable("keyring.json", detail: "no file"))),
                ]))
        #expect(failure.status == .cmkUnavailable)
        #expect(failure.message.contains(Self.cmk.uri) && failure.message.contains(Self.other.uri))
        #expect(failure.object.contains(Self.id.hex))
    }

    @Test("what it says of its object it says once")
    func once() {
        let told = Failure(.refused("\(Self.cmk) is active in default", object: Self.cmk.uri, remedy: "rotate first"))
        #expect(told.message == "refused: \(Self.cmk) is active in default: rotate first")
    }

    @Test(
        "half-way through several clusters names the one, and what ends it: the same command again",
        arguments: [
            (
                HoldfastError.store(.noRepository("/srv")),
                "holdfast init; then run the same command again: it goes on where it was"
            ),
            (.store(.unavailable("/srv", detail: "time-out")), "/srv: run the same command again: it goes on where it was"),
        ])
    func unfinished(reason: HoldfastError, ending: String) {
        let failure = Failure(.unfinished(cluster: "billing", reason))
        #expect(failure.message.hasPrefix("cluster billing: ") && failure.message.hasSuffix(ending), "\(failure.message)")
    }

    @Test("of a CMK that nothing knows says so, and where to look for the right one")
    func unknownCMK() {
        let message = Failure(.unknownCMK(Self.cmk)).message
        #expect(message.contains("no key manager and no key log of the project knows this CMK: \(Self.cmk)"))
        #expect(message.contains("holdfast keys list"))
    }

    @Test("a newer format is told from damage")
    func newerFormat() {
        #expect(Failure(.object(Self.name, .newerFormat)).message.contains("later version"))
        #expect(!Failure(.object(Self.name, .damaged)).message.contains("later version"))
        #expect(Failure(KeyManagerError.newerKeyring("k")).message.hasSuffix("use the newer Holdfast that wrote it"))
    }

    @Test("what a request says that was cancelled is told as an interruption")
    func cancelled() async {
        let silent = HoldfastError.store(.unavailable("bucket", detail: "it was interrupted"))
        let task = Task {
            while !Task.isCancelled { await Task.yield() }
            return Failure(silent).status
        }
        task.cancel()
        #expect(await task.value == .interrupted)
        #expect(Failure(silent).status == .failed)
    }

    @Test(
        "of several runs the worst status counts",
        arguments: [
            (.done, .done, .done), (.done, .incomplete, .incomplete), (.incomplete, .done, .incomplete),
            (.incomplete, .failed, .failed), (.failed, .incomplete, .failed), (.damaged, .failed, .damaged),
            (.failed, .criticalAlert, .criticalAlert), (.criticalAlert, .damaged, .damaged),
            (.lostRace, .failed, .failed), (.failed, .keyManagerUnreachable, .keyManagerUnreachable),
        ] as [(Status, Status, Status)])
    func worst(a: Status, b: Status, expected: Status) {
        #expect(Status.worst(a, b) == expected && Status.worst(b, a) == expected)
    }

    @Test("every status has its place among the others")
    func ranking() {
        #expect(Status.byGravity.count == Status.allCases.count && Set(Status.byGravity) == Set(Status.allCases))
    }

    @Test("the numbers are those that scripts rely on")
    func numbers() {
        #expect(
            Status.allCases.map(\.rawValue) == [0, 1, 3, 6, 10, 12, 13, 14, 15, 16, 17, 20, 21, 22, 64, 130, 141])
    }
}
