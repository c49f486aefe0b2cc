import FoundationEssentials
import HoldfastModel
import HoldfastStorage
import Testing

@Suite("Single fields of a project file")
struct FieldEditTests {
    private static let role = "arn:aws:iam::111122223333:role/holdfast"
    private static let clusters = "clusters:\n  default:\n    repository: /r\n"

    /// What stands there, what is changed, and what stands there then.
    private static let cases: [(before: String, change: FieldChange, after: String)] = [
        (
            "key_managers:\n  aws-kms:  # ours\n    region: us-east-1  # here\n",
            FieldChange(["key_managers", "aws-kms", "role"], text: role),
            "key_managers:\n  aws-kms:  # ours\n    region: us-east-1  # here\n    role: \(role)\n"
        ),
        (
            "key_managers:\n  aws-kms: {region: us-east-1}  # here\n",
            FieldChange(["key_managers", "aws-kms", "role"], text: role),
            "key_managers:\n  aws-kms: {region: us-east-1, role: \(role)}  # here\n"
        ),
        (
            "key_managers:\n  aws-kms: {region: us-east-1, role: \"\(role)\", external_id: '7'}  # here\n",
            FieldChange(["key_managers", "aws-kms", "role"], text: "\(role)-2"),
            "key_managers:\n  aws-kms: {region: us-east-1, role: \(role)-2, external_id: '7'}  # here\n"
        ),
        (
            "key_managers:\n  aws-kms: {region: us-east-1, role: \"\(role)\", external_id: '7'}  # here\n",
            FieldChange(["key_managers", "aws-kms", "role"], text: nil),
            "key_managers:\n  aws-kms: {region: us-east-1, external_id: '7'}  # here\n"
        ),
        (
            "key_managers:\n  aws-kms: {role: \(role)}\n", FieldChange(["key_managers", "aws-kms", "role"], text: nil),
            "key_managers:\n  aws-kms: {}\n"
        ),
        (
            "key_managers:\n  aws-kms:\n    role: \(role)  # old\n    region: us-east-1\n",
            FieldChange(["key_managers", "aws-kms", "role"], text: nil),
            "key_managers:\n  aws-kms:\n    region: us-east-1\n"
        ),
        (
            "key_managers:\n  aws-kms:\n", FieldChange(["key_managers", "aws-kms", "role"], text: role),
            "key_managers:\n  aws-kms: {role: \(role)}\n"
        ),
        (
            "key_managers:\n  local: {keyring: ./k.json}  # ours\n",
            FieldChange(["key_managers", "aws-kms", "regions"], .list(["eu-west-1", "us-east-1"])),
            "key_managers:\n  local: {keyring: ./k.json}  # ours\n  aws-kms: {regions: [eu-west-1, us-east-1]}\n"
        ),
        (
            "key_managers:\n  aws-kms:\n    regions:\n      - us-east-1\n      - us-west-2  # far\n    region: us-east-1\n",
            FieldChange(["key_managers", "aws-kms", "regions"], .list(["eu-west-1"])),
            "key_managers:\n  aws-kms:\n    regions: [eu-west-1]  # far\n    region: us-east-1\n"
        ),
        (
            "rotate_every: off\r\n", FieldChange(["stores", "s3", "external_id"], text: "123"),
            "rotate_every: off\r\nstores: {s3: {external_id: \"123\"}}\r\n"
        ),
    ]

    @Test("are changed where they stand, and everything else is kept", arguments: cases.indices)
    func changed(index: Int) throws {
        let (before, change, after) = Self.cases[index]
        let head =
            before.contains("\r")
            ? "project: p\r\ncmks: []\r\nclusters: {d: {repository: /r}}\r\n" : "project: p\ncmks: []\n\(Self.clusters)"
        try withFile(head + before) { file in
            let draft = try ProjectFileWriter.draft([change], of: file, workingDirectory: "/")
            #expect(try text(file) == head + before, "a draft changes nothing")
            try ProjectFileWriter.save(draft)
            #expect(try text(file) == head + after)
            #expect(try ProjectFile(reading: file, workingDirectory: "/").project == draft.project)
        }
    }

    @Test("that say so already leave the file as it is")
    func same() throws {
        let before = "project: p\ncmks: []\n\(Self.clusters)key_managers: {aws-kms: {role: '\(Self.role)'}}"
        try withFile(before) { file in
            let changes = [
                FieldChange(["key_managers", "aws-kms", "role"], text: Self.role),
                FieldChange(["key_managers", "aws-kms", "external_id"], text: nil),
            ]
            try ProjectFileWriter.save(try ProjectFileWriter.draft(changes, of: file, workingDirectory: "/"))
            #expect(try text(file) == before)
        }
    }

    @Test("are not saved over a file that was changed meanwhile, nor where they say nothing on their own")
    func refused() throws {
        let before = "project: p\ncmks: []\n\(Self.clusters)key_managers: {aws-kms: &a {region: r}}\nstores: {s3: *a}\n"
        try withFile(before) { file in
            let change = FieldChange(["stores", "s3", "role"], text: Self.role)
            #expect(throws: ProjectFileError.noPlace(file: file, change: change)) {
                try ProjectFileWriter.draft([change], of: file, workingDirectory: "/")
            }
            let good = FieldChange(["rotate_every"], text: "30 days")
            let draft = try ProjectFileWriter.draft([good], of: file, workingDirectory: "/")
            try Data((before + "# more\n").utf8).write(to: URL(filePath: file))
            #expect(throws: ProjectFileError.changed(file: file)) { try ProjectFileWriter.save(draft) }
            #expect(try text(file) == before + "# more\n")
        }
    }

    private func text(_ file: String) throws -> String { try String(contentsOfFile: file, encoding: .utf8) }

    private func withFile(_ text: String, _ body: (String) throws -> Void) throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "holdfast-edit-\(UInt64.random(in: 0...(.max)))")
            .path
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        try Data(text.utf8).write(to: URL(filePath: "\(directory)/holdfast.yaml"))
        try body("\(directory)/holdfast.yaml")
    }
}
