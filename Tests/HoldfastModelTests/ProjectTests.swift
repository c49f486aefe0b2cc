import HoldfastModel
import Testing

@Suite struct ProjectTests {
    @Test(
        "names are short, and without slashes and control characters",
        arguments: ["a", "db 1", "Ä", "..", String(repeating: "x", count: 128)])
    func names(text: String) {
        #expect(ProjectNames.isName(text))
    }

    @Test(
        "other names are refused",
        arguments: ["", "a/b", "a\n", "a\u{0}", "\u{85}", String(repeating: "x", count: 129), String(repeating: "ä", count: 65)])
    func refusesNames(text: String) {
        #expect(!ProjectNames.isName(text))
    }

    @Test(
        "paths are made absolute as text",
        arguments: [
            ("a", "/d/a"), ("./a", "/d/a"), ("../a", "/a"), ("/a//b/./c/", "/a/b/c"), ("../../../a", "/a"), ("/", "/"),
            (".", "/d"),
            ("a/../b", "/d/b"), ("...", "/d/..."), ("/a/\u{301}b/../c", "/a/c"), ("/\u{301}b", "/\u{301}b"),
        ])
    func paths(path: String, absolute: String) {
        #expect(LexicalPath.absolute(path, from: "/d") == absolute)
    }

    @Test("what holds a path is its directory", arguments: [("/a/b", "/a"), ("/a", "/"), ("/", "/"), ("/a/\u{301}b", "/a")])
    func directories(path: String, directory: String) {
        #expect(LexicalPath.directory(of: path) == directory)
    }

    @Test(
        "a repository is a directory, or a bucket with a prefix",
        arguments: [
            ("/srv/b", .directory("/srv/b")), ("./r", .directory("/d/r")), ("a:b", .directory("/d/a:b")),
            ("s3://bucket", .s3(bucket: "bucket", prefix: "")), ("s3://bucket/", .s3(bucket: "bucket", prefix: "")),
            ("s3://my.bucket-1/a/b/", .s3(bucket: "my.bucket-1", prefix: "a/b")),
        ] as [(String, RepositoryLocation)])
    func repositories(text: String, location: RepositoryLocation) {
        #expect(RepositoryLocation(text, relativeTo: "/d") == location)
        #expect(RepositoryLocation(location.description, relativeTo: "/") == location)
    }

    @Test(
        "no other URL is a repository",
        arguments: ["", "s3://", "s3:///x", "s3://ab", "s3://Bucket", "sftp://host/x", "file:///srv"])
    func refusesRepositories(text: String) {
        #expect(RepositoryLocation(text, relativeTo: "/d") == nil)
    }

    @Test("a project trusts what it names, for every snapshot or for recovery, and nothing else")
    func trust() throws {
        let recovery = try #require(CMK("local:r/1"))
        let project = Project(
            file: "holdfast.yaml", name: "p", cmks: [try #require(CMKPattern("local:a/*"))],
            keyManagers: KeyManagerSettings(local: LocalKeyringSettings(keyring: "/k")), recovery: [recovery], clusters: [])
        #expect(project.trusts(try #require(CMK("local:a/1"))))
        #expect(project.trusts(recovery))
        #expect(!project.trusts(try #require(CMK("local:r/2"))))
    }
}
