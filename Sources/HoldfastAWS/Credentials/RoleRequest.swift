/// A role to be assumed, and as whom.
package struct RoleRequest: Hashable, Sendable {
    package let arn: String
    /// What the role's trust policy may ask for, so that nobody can be talked into using their rights for somebody else.
    package let externalID: String?
    /// How the session is called in CloudTrail.
    package let sessionName: String
    /// How long the session lasts, in seconds; nil for an hour.
    package let duration: Int?

    /// Signs that a session's name may not hold become hyphens.
    package init(arn: String, externalID: String? = nil, sessionName: String = "holdfast", duration: Int? = nil) {
        self.arn = arn
        self.duration = duration
        self.externalID = externalID
        let name = sessionName.map { Self.isAllowed($0) ? $0 : "-" }.prefix(64)
        self.sessionName = name.count < 2 ? "holdfast" : String(name)
    }

    private static func isAllowed(_ character: Character) -> Bool {
        character.isASCII && (character.isLetter || character.isNumber || "_=,.@-".contains(character))
    }
}
