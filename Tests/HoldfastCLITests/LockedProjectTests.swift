import Foundation
import HoldfastCLI
import HoldfastFormat
import HoldfastModel
import HoldfastTestingAWS
import Testing

@Suite("A project whose bucket locks")
struct LockedProjectTests {
    private let fake = FakeS3(now: { Timestamp(seconds: Int64(Date().timeIntervalSince1970)) })

    /// Under a local CMK.
    private func withProject(_ mode: String = "compliance", _ body: (ProjectRun) async throws -> Void) async throws {
        fake.switchOnObjectLock()
        let user = fake.createUser()
        try await fake.serving { url in
            let environment = [
                "AWS_ACCESS_KEY_ID": user.id, "AWS_SECRET_ACCESS_KEY": user.secret, "AWS_ENDPOINT_URL_S3": url,
                "AWS_EC2_METADATA_DISABLED": "true", "AWS_REGION": "us-east-1",
            ]
            let words = ["--no-passphrase", "--repository", "s3://vault/shop", "--lock", mode]
            try await body(try await ProjectRun(words[0], words[1], words[2], words[3], words[4], environment: environment))
        }
    }

    private func row(_ id: String, _ project: ProjectRun) async throws -> JSONObject {
        let rows = try JSONValue.parse(Array(try await project.run("snapshots", "--json").out.utf8))
        guard case .array(let rows) = rows else { return [:] }
        for case .object(let row) in rows where try row.string("id") == id { return row }
        return [:]
    }

    @Test("what a snapshot consists of is locked until it expires; forgotten, it stays until then, and its CMK as well")
    func life() async throws {
        try await withProject { project in
            let first = try await project.backUp("source", "--keep", "30 days")
            let row = try await row(first, project)
            let expires = try #require(Timestamp(try row.string("expires")))
            #expect(try row.string("locked_until") == "\(expires)")
            let records = fake.keys.filter { $0.hasPrefix("shop/snapshots/\(first)/") }
            let packs = fake.keys.filter { $0.hasPrefix("shop/packs/\(first)/") }
            #expect(records.count == 2 && !packs.isEmpty)
            for key in records { #expect(try #require(fake.lock(on: key)) == ("COMPLIANCE", expires)) }
            for key in packs { #expect(try #require(fake.lock(on: key)).until >= expires) }

            let status = try await project.run("status", "--json").out
            let active = try #require(status.firstMatch(of: /local:[0-9a-f\/]+/).map { String($0.output) })
            try project.write("three", to: "source/c")
            let second = try await project.backUp("source", "--keep", "300 days")
            #expect(packs.contains { fake.lock(on: $0)?.until ?? expires > expires + 200 * 86_400 })
            let forgotten = try await project.run("forget", first)
            #expect(forgotten.status == .done && forgotten.out.contains("until \(expires.toTheMinute)"), "\(forgotten.out)")

            let next = try await project.run("keys", "create").out.trimmingCharacters(in: .whitespacesAndNewlines)
            let rotated = try await project.run("keys", "rotate", "--to", next)
            #expect(rotated.status == .done, "\(rotated.error)")
            #expect(try await project.run("forget", second, "--yes").status == .done)
            let verdict = try await project.run("keys", "check", active)
            #expect(verdict.status == .blocked)
            let last = try await self.row(second, project)
            let until = try #require(Timestamp(try last.string("locked_until")))
            #expect(verdict.out.contains("\(until.date)"), "\(verdict.out)")

            // After its grace time, and before its lock ends, nothing goes; after that all does, and nothing was hidden by us before.
            let early = Timestamp(seconds: Int64(Date().timeIntervalSince1970)) + 20 * 86_400
            #expect(try await project.run("prune", "--time", "\(early)").status == .done)
            #expect(fake.keys.contains("shop/snapshots/\(first)/1") && fake.hiddenKeys.isEmpty)
            #expect(try await project.run("prune", "--time", "\(expires + 3600)").status == .done)
            #expect(!fake.keys.contains("shop/snapshots/\(first)/1"))
        }
    }

    @Test("a file that asks for another lock than there is is told so, and a directory locks nothing")
    func refused() async throws {
        try await withProject("governance") { project in
            let file = try String(contentsOfFile: project.path + "/holdfast.yaml", encoding: .utf8)
            #expect(file.contains("lock: governance"))
            try project.write(file.replacing("governance", with: "legal"), to: "holdfast.yaml")
            let run = try await project.run("snapshots")
            #expect(run.status == .usage && run.error.contains("compliance or governance"), "\(run.error)")
            let other = try await project.run(
                "init", "--project", "other.yaml", "--lock", "compliance", "--repository", "./other", "--no-passphrase")
            #expect(other.status == .usage && other.error.contains("locks nothing"), "\(other.error)")
        }
    }

    @Test("rules that only count are told of by policy check: nothing is locked under them")
    func counted() async throws {
        try await withProject { project in
            let file = try String(contentsOfFile: project.path + "/holdfast.yaml", encoding: .utf8)
            #expect(try await !project.run("policy", "check").out.contains("not locked"))
            let policy = "policy: {items: [{every: day}], keep_rules: {daily: 7}}"
            try project.write(file.replacing("policy: {}", with: policy), to: "holdfast.yaml")
            let run = try await project.run("policy", "check")
            #expect(run.status == .done && run.out.contains("keep_rules give no date"), "\(run.out)\(run.error)")
        }
    }
}
