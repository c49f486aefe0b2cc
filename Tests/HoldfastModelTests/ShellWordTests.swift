import HoldfastModel
import Testing

@Suite("Words of commands that people copy")
struct ShellWordTests {
    @Test(
        "what is plain stays, anything else is quoted",
        arguments: [
            (
                "aws-kms:arn:aws:kms:eu-central-1:111122223333:key/5b7e02c4-81f9",
                "aws-kms:arn:aws:kms:eu-central-1:111122223333:key/5b7e02c4-81f9"
            ),
            ("local:3f2a/acec", "local:3f2a/acec"), ("x:$(reboot)", "'x:$(reboot)'"), ("x:a;b", "'x:a;b'"), ("x:`a`", "'x:`a`'"),
            ("x:'a'", #"'x:'\''a'\'''"#), ("x:a|b&c>d<e", "'x:a|b&c>d<e'"), ("x:*", "'x:*'"), ("x:~", "'x:~'"),
            ("-x:y", "'-x:y'"),
            ("two words", "'two words'"), ("", "''"), ("é", "'é'"),
        ])
    func quoting(text: String, word: String) {
        #expect(ShellWord.quoted(text) == word)
    }

    @Test("an alert's commands quote what a forged key log names")
    func alerts() throws {
        let forged = try #require(CMK("x:$(reboot)"))
        var reading = DeletionFixture.project([])
        reading.clusters[0].keyLog?.append(.init(n: 4, at: DeletionFixture.now, by: "test", event: .retire(forged)))
        let commands = AlertCheck(reading, under: .init(now: DeletionFixture.now, rotateEvery: nil)).alerts.flatMap(\.next)
        #expect(!commands.contains { $0.contains(" x:$(reboot)") })
        reading.keys[forged] = .init(state: .enabled)
        let next = AlertCheck(reading, under: .init(now: DeletionFixture.now, rotateEvery: nil)).alerts.flatMap(\.next)
        #expect(next.contains("holdfast keys delete 'x:$(reboot)'"))
    }
}
