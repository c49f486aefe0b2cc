import FoundationEssentials
import HoldfastModel
import HoldfastStorage
import Testing

@Suite struct ProjectFileWriterTests {
    private let directory = FileManager.default.temporaryDirectory.appending(
        path: "holdfast-project-\(UInt64.random(in: 0...(.max)))"
    ).path
    private var file: String { "\(directory)/holdfast.yaml" }

    init() throws {
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    }

    private func write(_ text: String) throws { try Data(text.utf8).write(to: URL(filePath: file)) }
    private func text() throws -> String { try String(contentsOfFile: file, encoding: .utf8) }
    private func mode() throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int
    }

    private static func id(_ digit: Character) throws -> RepositoryID {
        try #require(RepositoryID(String(repeating: digit, count: 32)))
    }

    @Test(
        "what init writes is read back as it was meant",
        arguments: [
            ("default", "default", "./repository"), ("on", "123", "/srv/a b: {c}"),
            ("Ä \"x\" \\ #", "null", "s3://bucket/prefix"), ("~", "a.b", "/x\u{2028}\n"),
            ("- a", "\u{200B}\u{1F512}", "1e5"), ("*", "&x", "!y"),
        ])
    func roundTrip(name: String, cluster: String, repository: String) throws {
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let cmk = try #require(CMKPattern("local:\(ProjectSample.keyring)/*"))
        let new = NewProject(
            name: name, cmks: [cmk], keyring: "./key, ring.json", passphraseFile: name == "on" ? "/etc/pass" : nil,
            cluster: cluster,
            repository: repository, id: try Self.id("7"))
        try ProjectFileWriter.create(new, at: file)
        let read = try ProjectFile(reading: file, workingDirectory: "/")
        #expect(read.warnings == [])
        #expect(
            read.project
                == Project(
                    file: file, name: name, cmks: [cmk],
                    keyManagers: KeyManagerSettings(
                        local: LocalKeyringSettings(
                            keyring: "\(directory)/key, ring.json", passphraseFile: name == "on" ? "/etc/pass" : nil)),
                    clusters: [
                        Cluster(
                            name: cluster, repository: try #require(RepositoryLocation(repository, relativeTo: directory)),
                            id: try Self.id("7"))
                    ]))
    }

    @Test("a new file says what its fields are for, and quotes only what needs it")
    func newText() throws {
        let new = NewProject(
            cmks: [try #require(CMKPattern("local:\(ProjectSample.keyring)/*"))], keyring: "./keyring.json",
            id: try #require(RepositoryID(ProjectSample.id)))
        let expected = """
            # Holdfast's project file. Whoever restores needs it, and the keyring if one is named here: keep copies elsewhere.
            project: default  # stands in every encryption context: it does not change
            cmks:  # the CMKs that this project trusts: URIs, or patterns with one * at the end
              - local:0123456789abcdef0123456789abcdef/*
            key_managers:
              local: {keyring: ./keyring.json}  # its passphrase is asked for
            recovery: []  # CMKs that wrap every snapshot as well
            clusters:
              default:
                repository: ./repository  # a directory, or s3://bucket/prefix
                id: 7d0e0000000000000000000000000001  # the repository's id: no other one will be taken for it
                backup: on
                policy: {}  # the default policy: `holdfast policy show`

            """
        #expect(new.text == expected)
    }

    @Test("a file that stands is never overwritten")
    func neverOverwrites() throws {
        defer { try? FileManager.default.removeItem(atPath: directory) }
        try write("precious")
        #expect(throws: ProjectFileError.exists(file: file)) {
            try ProjectFileWriter.create(NewProject(cmks: [], id: Self.id("7")), at: file)
        }
        #expect(try text() == "precious")
        #expect(throws: ProjectFileError.self) {
            try ProjectFileWriter.create(NewProject(cmks: [], id: Self.id("7")), at: "\(directory)/missing/holdfast.yaml")
        }
    }

    @Test(
        "an id goes below its repository, and nothing else changes",
        arguments: [
            ("    repository: /r  # here\n    backup: on\n", "    repository: /r  # here\n    id: ID\n    backup: on\n"),
            ("    backup: off\n    repository: /r", "    backup: off\n    repository: /r\n    id: ID"),
            (
                "      # above\n\n      \"repository\": '/r'\r\n",
                "      # above\n\n      \"repository\": '/r'\r\n      id: ID\r\n"
            ),
            ("    repository: /r\n      /more\n    was: [x]\n", "    id: ID\n    repository: /r\n      /more\n    was: [x]\n"),
            ("    {repository: /r, backup: on}\n", "    {id: ID, repository: /r, backup: on}\n"),
            ("    {\n    backup: on,\n    repository: /ä}\n", "    {\n    backup: on,\n    id: ID, repository: /ä}\n"),
        ])
    func addsID(cluster: String, changed: String) throws {
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let (head, tail) = ("# ä\u{1F512}\nproject: p\ncmks: [local:k/1]\nclusters:\n  shop:\n", "\n# the end")
        try write(head + cluster + tail)
        try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: file)
        let id = try #require(RepositoryID(ProjectSample.id))
        try ProjectFileWriter.addIDs(["shop": id], to: file, workingDirectory: "/")
        #expect(try text() == head + changed.replacing("ID", with: ProjectSample.id) + tail)
        #expect(try mode() == 0o640)
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory) == ["holdfast.yaml"])
        #expect(try ProjectFile(reading: file, workingDirectory: "/").project.clusters[0].id == id)
    }

    @Test("several ids are added in one step, through a link too, and digits alone are quoted")
    func addsSeveral() throws {
        defer { try? FileManager.default.removeItem(atPath: directory) }
        try write("project: p\ncmks: [local:k/1]\nclusters:\n  b:\n    repository: /b\n  a:\n    repository: /a\n")
        let link = "\(directory)/link.yaml"
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "holdfast.yaml")
        try ProjectFileWriter.addIDs(["a": Self.id("1"), "b": Self.id("b")], to: link, workingDirectory: "/")
        let ids = try [Self.id("1").hex, Self.id("b").hex]
        #expect(
            try text()
                == "project: p\ncmks: [local:k/1]\nclusters:\n  b:\n    repository: /b\n    id: \(ids[1])\n  a:\n    repository: /a\n    id: \"\(ids[0])\"\n"
        )
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == "holdfast.yaml")
    }

    @Test("where the line would change more than its cluster, or the cluster has an id or is not there, the file stays as it is")
    func refusesToAdd() throws {
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let text = """
            project: p
            cmks: [local:k/1]
            clusters:
              a: &a {repository: /a, id: \(ProjectSample.id)}
              b: &b
                repository: &where /b
            """
        try write(text)
        let id = try Self.id("1")
        for cluster in ["a", "nowhere"] {
            #expect(throws: ProjectFileError.noPlaceForID(file: file, cluster: cluster, id: id)) {
                try ProjectFileWriter.addIDs([cluster: id], to: file, workingDirectory: "/")
            }
        }
        #expect(throws: ProjectFileError.self) {
            try ProjectFileWriter.addIDs(["b": #require(RepositoryID(ProjectSample.id))], to: file, workingDirectory: "/")
        }
        #expect(try self.text() == text)
    }

    @Test("only a regular file of modest size in UTF-8 is a project file")
    func refusesToRead() throws {
        defer { try? FileManager.default.removeItem(atPath: directory) }
        #expect(throws: ProjectFileError.notFound([file])) { try ProjectFile(reading: file, workingDirectory: "/") }
        #expect(throws: ProjectFileError.unsuitable(file: directory, detail: "it is no regular file")) {
            try ProjectFile(reading: directory, workingDirectory: "/")
        }
        try write(String(repeating: "#", count: (1 << 20) + 1))
        #expect(throws: ProjectFileError.unsuitable(file: file, detail: "it is over 1 MiB")) {
            try ProjectFile(reading: file, workingDirectory: "/")
        }
        try Data(Array("project: p\r\n# ok\nx: ".utf8) + [0xff]).write(to: URL(filePath: file))
        #expect(
            throws: ProjectFileError.invalid(file: file, problems: [ProjectProblem(line: 3, path: "", message: "is not UTF-8")])
        ) {
            try ProjectFile(reading: file, workingDirectory: "/")
        }
    }

    @Test("a relative path to the file is relative to the working directory, and paths in it to the file")
    func relativePaths() throws {
        defer { try? FileManager.default.removeItem(atPath: directory) }
        try write("project: p\ncmks: [local:k/1]\nclusters: {c: {repository: ../r}}\n")
        let working = FileManager.default.currentDirectoryPath
        let relative = working.split(separator: "/").map { _ in "../" }.joined() + file.dropFirst()
        let project = try ProjectFile(reading: relative, workingDirectory: working).project
        #expect(project.file == relative)
        #expect(project.keyManagers.local.keyring == "\(directory)/keyring.json")
        #expect(project.clusters[0].repository == RepositoryLocation("\(directory)/../r", relativeTo: "/"))
    }
}
