package import HoldfastModel

/// The Amazon Resource Name of a key in AWS KMS, or of an alias for one.
package struct KeyARN: Hashable, Sendable {
    package static let scheme = "aws-kms"

    package let partition: String
    package let region: String
    /// Twelve digits.
    package let account: String
    /// `key/ID` or `alias/NAME`.
    package let resource: String

    /// Reads `arn:aws:kms:REGION:ACCOUNT:key/ID` or `…:alias/NAME`.
    package init?(_ text: String) {
        let parts = text.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 6, parts[0] == "arn", parts[2] == "kms", ServiceEndpoints.isRegion(parts[3]),
            parts[1] == Partition(region: parts[3]).name, parts[4].utf8.count == 12,
            parts[4].utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }), Self.isResource(parts[5])
        else { return nil }
        (partition, region, account, resource) = (parts[1], parts[3], parts[4], parts[5])
    }

    /// The ARN in a CMK's URI; nil where the CMK is another manager's, or none at all.
    package init?(_ cmk: CMK) {
        guard cmk.scheme == Self.scheme else { return nil }
        self.init(cmk.name)
    }

    private init(partition: String, region: String, account: String, resource: String) {
        (self.partition, self.region, self.account, self.resource) = (partition, region, account, resource)
    }

    private static func isResource(_ text: String) -> Bool {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0] == "key" || parts[0] == "alias", !parts[1].isEmpty else { return false }
        return parts[1].utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                true
            case UInt8(ascii: "/"): parts[0] == "alias"
            default: false
            }
        }
    }

    /// What stands after `key/` or `alias/`.
    package var id: String { String(resource.drop { $0 != "/" }.dropFirst()) }

    package var isAlias: Bool { resource.hasPrefix("alias/") }

    /// Whether there may be a key of the same id and the same material in other Regions.
    package var isMultiRegion: Bool { resource.hasPrefix("key/mrk-") }

    /// The member of the same family in another Region.
    package func inRegion(_ region: String) -> KeyARN {
        KeyARN(partition: partition, region: region, account: account, resource: resource)
    }

    /// Whether what one wraps the other opens.
    package func isRelated(to other: KeyARN) -> Bool {
        self == other || isMultiRegion && inRegion(other.region) == other
    }

    package var cmk: CMK {
        guard let cmk = CMK("\(Self.scheme):\(self)") else { preconditionFailure("an ARN is printable and short") }
        return cmk
    }
}

extension KeyARN: CustomStringConvertible {
    package var description: String { "arn:\(partition):kms:\(region):\(account):\(resource)" }
}
