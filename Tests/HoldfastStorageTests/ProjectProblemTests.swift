import HoldfastModel
import HoldfastStorage
import Testing

@Suite struct ProjectProblemTests {
    @Test("all errors are told at once, each with its line, in the file's order")
    func allAtOnce() {
        let text = """
            project: a/b
            cmks: [local:k/*, "*"]
            key_managers: {locl: {}, aws-kms: {private_only: 1}}
            recovery: [local:k/*]
            clusters:
              shop:
                repository: sftp://host/x
                id: 7D0E
                backup: yes
                backup: on
                trust_base: nobody
                pack_size: 16
                nodes:
                  db1:
                    sources:
                      none: {}
                      both: {paths: [/a], command: [ls]}
                      dump: {command: [ls]}
                      data:
                        paths: []
                        kind: blocks
                        filename: x
                    before: stop
                policy:
                  items:
                    - {every: 3 hours, keep: 7}
              "x/y": {repository: /srv/b, policy: {grace: 0 days}}
              twin: {repository: /srv/../srv/b}
            gone: [x]
            rotate_every: monthly
            rotate: 1
            """
        let choice = "not a name: 1 to 128 bytes, without / and control characters"
        let expected = [
            "1: project: \(choice)",
            "2: cmks[1]: not a CMK: write its URI, such as local:…/*, with one * at the end if any",
            "3: key_managers.locl: no such field (did you mean local?)",
            "3: key_managers.aws-kms.private_only: true or false",
            "4: recovery[0]: not a CMK: write its whole URI, without *",
            "7: clusters.shop.repository: a directory, or s3://bucket/prefix",
            "8: clusters.shop.id: not a repository's id: 32 digits, 0-9 and a-f",
            "9: clusters.shop.backup: on or off",
            "10: clusters.shop.backup: stands twice (first in line 9); take one of them out",
            "11: clusters.shop.trust_base: witness, cluster or none",
            "12: clusters.shop.pack_size: a size from 1 MiB to 128 MiB, such as 16 MiB",
            "16: clusters.shop.nodes.db1.sources.none: what is to be backed up? give paths, or a command",
            "17: clusters.shop.nodes.db1.sources.both.command: paths or a command, not both",
            "18: clusters.shop.nodes.db1.sources.dump.filename: is missing: what is the command's output to be called?",
            "20: clusters.shop.nodes.db1.sources.data.paths: is empty; name at least one",
            "21: clusters.shop.nodes.db1.sources.data.kind: files or database",
            "22: clusters.shop.nodes.db1.sources.data.filename: only a command's output needs a name",
            "23: clusters.shop.nodes.db1.before: must be a list, such as [a, b]",
            "26: clusters.shop.policy.items[0].every: hours: 1, 2, 4, 6, 8 or 12",
            "26: clusters.shop.policy.items[0].keep: write a number and hours, days, weeks, months or years",
            "27: clusters.x/y: \(choice)",
            "27: clusters.x/y.policy.grace: warning: little time to undelete; write 1 day or more",
            "28: clusters.twin.repository: is the repository of cluster x/y too",
            "29: gone[0]: not a repository's id: 32 digits, 0-9 and a-f",
            "30: rotate_every: a duration, or off",
            "31: rotate: no such field; take it out",
        ]
        let told = ProjectSample.problems(text)
        #expect(Set(told) == Set(expected.map { "holdfast.yaml:\($0)" }))
        #expect(told.count == expected.count)
        #expect(told.map(Self.line) == expected.map { Self.line("holdfast.yaml:\($0)") })
    }

    @Test("what is wrong with key managers is told")
    func keyManagers() {
        let text = """
            project: p
            cmks: [exec:a/*]
            key_managers:
              exec:
                a/b: {command: [x]}
                none: {}
                empty: {command: []}
                text: {command: x, timeout: soon}
                more: {command: [x], limit: 1}
              pkcs11: {module: m, token: "a b"}
            clusters: {c: {repository: /r}}
            """
        let expected = [
            "5: key_managers.exec.a/b: not a name for URIs: letters, digits, - and _",
            "6: key_managers.exec.none.command: is missing: the program and its arguments, as a list",
            "7: key_managers.exec.empty.command: is empty; name a program",
            "8: key_managers.exec.text.timeout: write a number and seconds, minutes or hours, up to a day",
            "8: key_managers.exec.text.command: must be a list, such as [/usr/local/bin/keys, --profile, backup]",
            "9: key_managers.exec.more.limit: no such field; take it out",
            "10: key_managers.pkcs11.token: not a token's label for URIs: up to 32 printable characters, without blanks, / and *",
            "10: key_managers.pkcs11.pin_file: is missing: a file with the user's PIN, closed to all others",
        ]
        #expect(Set(ProjectSample.problems(text)) == Set(expected.map { "holdfast.yaml:\($0)" }))
    }

    @Test("a name that a command's output cannot have is told", arguments: ["./app.dump", "../x", "a//b", "x/", "/"])
    func streamName(name: String) {
        let text = ProjectSample.cluster("nodes: {db1: {sources: {dump: {command: [cat], filename: \"\(name)\"}}}}")
        let place = "holdfast.yaml:6: clusters.shop.nodes.db1.sources.dump.filename"
        #expect(ProjectSample.problems(text) == ["\(place): \(StreamName.rule)"])
    }

    private static func line(_ text: String) -> Int? { text.split(separator: ":").dropFirst().first.flatMap { Int($0) } }

    @Test(
        "what a whole file lacks or cannot be",
        arguments: [
            ("", [":1: is empty"]),
            ("# nothing\n", [":1: is empty"]),
            ("just text", [":1: must begin with project: NAME"]),
            ("project: p\ncmks: [local:k/1]\nclusters: {}", [":3: clusters: name at least one cluster"]),
            ("project: p\ncmks: [local:k/1]\nclusters:", [":3: clusters: name at least one cluster"]),
            (
                "project: p\ncmks: []\nclusters: {c: {repository: /r}}",
                [":2: cmks: warning: no CMK is trusted: no snapshot can be taken or opened"]
            ),
            (
                "project:\ncmks: [local:k/1]\nclusters: {c: {repository: /r}}",
                [":1: project: has no value; write one, or take it out"]
            ),
            (
                "project: p\ncmks: [local:k/1]\nclusters: {c: }",
                [":3: clusters.c.repository: is missing: a directory, or s3://bucket/prefix"]
            ),
            (
                "project: p\ncmks: [local:k/1]\nclusters: {c: {repository: \"/\\0\"}}",
                [":3: clusters.c.repository: a directory, or s3://bucket/prefix"]
            ),
            (
                "project: p\ncmks: [local:k/1]\nclusters: {\"a.b\\n\": {repository: /r}}",
                [":3: clusters.\"a.b\\n\": not a name: 1 to 128 bytes, without / and control characters"]
            ),
        ])
    func wholeFile(text: String, told: [String]) {
        #expect(ProjectSample.problems(text) == told.map { "holdfast.yaml\($0)" })
    }

    @Test(
        "broken YAML is told with its line",
        arguments: [
            ("project: p\n\tcmks: []\n", ":2: not YAML: a tab; indent with spaces"),
            (
                "project: p\nclusters: [a\n",
                ":3: not YAML: while parsing a flow sequence in line 2, did not find expected ',' or ']'"
            ),
            ("project: p\ncmks: *nothing\n", ":2: not YAML: found undefined alias"),
            (
                "project: p\n---\nproject: q\n",
                ":2: not YAML: expected a single document in the stream in line 1, but found another document"
            ),
            ("project: p\ngone: \u{1}\n", ":2: not YAML: control characters are not allowed"),
        ])
    func syntax(text: String, told: String) {
        #expect(ProjectSample.problems(text) == ["holdfast.yaml\(told)"])
    }

    @Test("a field may stand three times, quoted or not, in any mapping: each repetition is told, and all else")
    func repeats() {
        let text = """
            project: p
            cmks: [local:k/1]
            "project": q
            clusters:
              a: {repository: /a, repository: /b, 'repository': /c}
              a: {repository: /d}
            project: r
            surplus: 1
            """
        #expect(
            ProjectSample.problems(text) == [
                "holdfast.yaml:3: project: stands twice (first in line 1); take one of them out",
                "holdfast.yaml:5: clusters.a.repository: stands twice (first in line 5); take one of them out",
                "holdfast.yaml:5: clusters.a.repository: stands twice (first in line 5); take one of them out",
                "holdfast.yaml:6: clusters.a: stands twice (first in line 5); take one of them out",
                "holdfast.yaml:7: project: stands twice (first in line 1); take one of them out",
                "holdfast.yaml:8: surplus: no such field; take it out",
            ])
    }

    @Test("one repository is one cluster's, by its place and by its id, and is not gone")
    func shared() {
        let id = ProjectSample.id
        let text = """
            project: p
            cmks: [local:k/1]
            clusters:
              a: {repository: s3://bucket/x, id: \(id)}
              b: {repository: s3://bucket/x/, id: \(id)}
            gone: [\(id)]
            """
        #expect(
            ProjectSample.problems(text) == [
                "holdfast.yaml:5: clusters.b.repository: is the repository of cluster a too",
                "holdfast.yaml:5: clusters.b.id: is the id of cluster a too",
                "holdfast.yaml:6: gone[0]: is the repository of cluster a, so it is not gone",
            ])
    }

    @Test("aliases that unfold without end are refused")
    func aliasBomb() {
        let lines = (1...12).map { "  - &l\($0) [\(Array(repeating: "*l\($0 - 1)", count: 9).joined(separator: ", "))]" }
        let text = "gone:\n  - &l0 x\n" + lines.joined(separator: "\n")
        #expect(ProjectSample.problems(text).map { $0.contains("its aliases unfold without end") } == [true])
    }

    @Test("carriage returns and a byte order mark move no line")
    func lineBreaks() {
        let text = "\u{FEFF}project: p\r\ncmks: [local:k/1]\r\nclusters: {c: {repository: /r}}\r\nnonsense: 1\r\n"
        #expect(ProjectSample.problems(text) == ["holdfast.yaml:4: nonsense: no such field; take it out"])
    }
}
