import HoldfastModel
import Testing

@Suite struct HexAndIDTests {
    private func snapshotID(_ bytes: [UInt8]) -> SnapshotID? { SnapshotID(bytes: bytes.span) }
    private func digest(_ bytes: [UInt8]) -> Digest? { Digest(bytes: bytes.span) }

    @Test("bytes become lowercase digits and come back")
    func roundTrip() {
        let bytes = [UInt8](0...255)
        #expect(Hex.decode(Hex.encode(bytes)) == bytes)
        #expect(Hex.encode([0, 0x0f, 0xf0, 0xab]) == "000ff0ab")
        #expect(Hex.decode("") == [])
    }

    @Test("one value has one spelling", arguments: ["0", "0A", "AB", "0x", "g0", " 00", "0\u{301}0", "é0"])
    func refusesHex(text: String) {
        #expect(Hex.decode(text) == nil)
    }

    @Test("an id is 32 lowercase digits")
    func ids() throws {
        let text = "00112233445566778899aabbccddeeff"
        let id = try #require(SnapshotID(text))
        #expect(id.hex == text)
        #expect(id.short == "00112233")
        #expect(id.bytes == Hex.decode(text))
        #expect(snapshotID(id.bytes) == id)
        #expect(SnapshotID(text.uppercased()) == nil)
        #expect(SnapshotID(String(text.dropLast())) == nil)
        #expect(SnapshotID(text + "00") == nil)
        #expect(snapshotID([UInt8](repeating: 0, count: 15)) == nil)
        let later = try #require(SnapshotID("ff112233445566778899aabbccddeeff"))
        #expect(id < later)
    }

    @Test("a digest is 32 bytes, ordered as its digits are")
    func digests() throws {
        let bytes = [UInt8](0..<32)
        let digest = try #require(self.digest(bytes))
        let later = try #require(self.digest([UInt8](0..<31) + [32]))
        #expect(digest.bytes == bytes)
        #expect(Digest(digest.hex) == digest)
        #expect(digest.prefix == (0x0001_0203_0405_0607, 0x0809_0a0b_0c0d_0e0f))
        #expect(self.digest([UInt8](0..<31)) == nil)
        #expect(digest < later)
        #expect(Digest(digest.hex.uppercased()) == nil)
        var appended: [UInt8] = [9]
        digest.append(to: &appended)
        #expect(appended == [9] + bytes)
        var written = [UInt8](repeating: 0, count: 33)
        var span = written.mutableSpan
        digest.write(to: &span, at: 1)
        #expect(written == [0] + bytes)
    }

    @Test("integers stand in the format's byte order")
    func bigEndian() {
        #expect(UInt32(0x0102_0304).bigEndianBytes == [1, 2, 3, 4])
        let bytes: [UInt8] = [9, 0, 0, 0, 0, 0, 0, 1, 2]
        let read = UInt64(bigEndian: bytes.span, at: 1)
        #expect(read == 0x0102)
    }
}

@Suite struct CMKTests {
    @Test("a CMK is a scheme and a name")
    func parts() throws {
        let cmk = try #require(CMK("aws-kms:arn:aws:kms:us-east-1:111122223333:key/1"))
        #expect(cmk.scheme == "aws-kms")
        #expect(cmk.name == "arn:aws:kms:us-east-1:111122223333:key/1")
        #expect("\(cmk)" == cmk.uri)
    }

    @Test(
        "what is no URI is no CMK",
        arguments: [
            "", "local", "local:", ":name", "local:a b", "local:ä", "local:a\n", "local:" + String(repeating: "a", count: 2048),
        ])
    func refuses(text: String) {
        #expect(CMK(text) == nil)
    }

    @Test(
        "a pattern has one * at most, at its end",
        arguments: [
            ("local:a/*", "local:a/b", true), ("local:a/*", "local:a/", true), ("local:a/*", "local:ab/c", false),
            ("local:a/b", "local:a/b", true), ("local:a/b", "local:a/bc", false), ("local:a/b*", "local:a/bc", true),
        ])
    func matches(pattern: String, uri: String, isMatch: Bool) throws {
        let pattern = try #require(CMKPattern(pattern))
        let cmk = try #require(CMK(uri))
        #expect(pattern.matches(cmk) == isMatch)
    }

    @Test(
        "no other pattern is taken",
        arguments: ["", "*", "local:*", "local:*/a", "local:a**", "local:a*b*", "a b:*", "local:*\u{301}"])
    func refusesPatterns(text: String) {
        #expect(CMKPattern(text) == nil)
    }
}
