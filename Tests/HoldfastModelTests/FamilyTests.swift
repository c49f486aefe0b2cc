import HoldfastModel
import Testing

@Suite("Families of CMKs")
struct FamilyTests {
    private typealias Case = DeletionFixture

    private static let key = "111122223333:key/mrk-0123"
    private static let us = cmk("aws-kms:arn:aws:kms:us-east-1:\(key)")
    private static let eu = cmk("aws-kms:arn:aws:kms:eu-west-1:\(key)")

    private static func cmk(_ uri: String) -> CMK { CMK(uri) ?? { preconditionFailure("a CMK") }() }

    @Test(
        "only members of one multi-Region family share a name",
        arguments: [
            ("aws-kms:arn:aws:kms:eu-west-1:111122223333:key/mrk-0123", true),
            ("aws-kms:arn:aws:kms:eu-west-1:111122223333:key/mrk-9", false),
            ("aws-kms:arn:aws:kms:eu-west-1:999922223333:key/mrk-0123", false),
            ("aws-kms:arn:aws-cn:kms:cn-north-1:111122223333:key/mrk-0123", false),
        ])
    func names(uri: String, isRelated: Bool) {
        #expect((Self.cmk(uri).familyName == Self.us.familyName) == isRelated)
    }

    @Test("a single-Region CMK, an alias and another manager's CMK have none")
    func nameless() {
        let key = "aws-kms:arn:aws:kms:eu-west-1:111122223333:"
        for uri in [key + "key/0123", key + "alias/mrk-0123", "local:a/mrk-b"] { #expect(Self.cmk(uri).familyName == nil) }
    }

    @Test("the last member is needed, even where the one that the envelope names is deleted and knows no relatives any more")
    func lastMember() {
        var reading = Case.project([Case.snapshot(1, [Self.us])], states: [Self.us: .deleted, Self.eu: .enabled])
        #expect(Case.verdict(reading, Self.eu).answer != .blocked, "unjoined it would be let go")
        reading.joinFamilies()
        #expect(reading.keys[Self.eu]?.family == [Self.us, Self.eu])
        #expect(Case.verdict(reading, Self.eu).answer == .blocked)
    }

    @Test("a member that is listed and was not asked comes by its relative's word")
    func toldByRelative() {
        var reading = Case.project([], states: [Self.us: .enabled])
        reading.keys[Self.us]?.family = [Self.us, Self.eu]
        reading.joinFamilies()
        #expect(reading.openers(of: [Self.us]) == [Self.us, Self.eu])
    }
}
