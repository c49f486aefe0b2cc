/// A role to be assumed, and as whom.
package struct RoleRequest: Hashable, Sendable {
    package let arn: String
    /// What the role's trust policy may ask for, so that nobody can be talked into using their rights for somebody else.
    package let externalID: String?
    /// How the session is called in CloudTrail.
    package let sessionName: String

    /// Signs that a session's name may not hold become hyphens.
    package init(arn: String, externalID: String? = nil, sessionName: String = "holdfast") {
        self.arn = arn
        self.externalID = externalID
        let name = sessionName.map { Self.isAllowed($0) ? $0 : "-" }.prefix(64)
        self.sessionName = name.count < 2 ? "holdfast" : String(name)
    }

    private static func isAllowed(_ character: Character) -> Bool {
        character.isASCII && (character.isLetter || character.isNumber || "_=,.@-".contains(character))
    }

    /// Whether a text is the ARN of a role: `arn:PARTITION:iam::ACCOUNT:role/NAME`, where a path may stand before the name.
    package static func isRole(_ text: String) -> Bool {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 6, parts[0] == "arn", ["aws", "aws-cn", "aws-us-gov"].contains(parts[1]), parts[2] == "iam",
            parts[3].isEmpty, parts[4].utf8.count == 12, parts[4].allSatisfy({ "0123456789".contains($0) })
        else { return false }
        let name = parts[5].dropFirst("role/".count)
        // A path of 512 characters and a name of 64 are IAM's longest.
        return parts[5].hasPrefix("role/") && !name.isEmpty && name.utf8.count <= 576
            && name.allSatisfy { isAllowed($0) || "+/".contains($0) }
    }
}
