/// A part of AWS with accounts, names and domains of its own, and the Regions in it.
package struct Partition: Hashable, Sendable {
    /// As it stands in ARNs.
    package let name: String
    let suffix: String
    let dualStackSuffix: String

    private static let partitions: [(prefix: String, partition: Partition)] = [
        ("cn-", .init(name: "aws-cn", suffix: "amazonaws.com.cn", dualStackSuffix: "api.amazonwebservices.com.cn")),
        ("us-gov-", .init(name: "aws-us-gov", suffix: "amazonaws.com", dualStackSuffix: "api.aws")),
        ("us-iso-", .init(name: "aws-iso", suffix: "c2s.ic.gov", dualStackSuffix: "api.aws.ic.gov")),
        ("us-isob-", .init(name: "aws-iso-b", suffix: "sc2s.sgov.gov", dualStackSuffix: "api.aws.scloud")),
        ("eusc-", .init(name: "aws-eusc", suffix: "amazonaws.eu", dualStackSuffix: "api.amazonwebservices.eu")),
    ]

    private static let commercial = Partition(name: "aws", suffix: "amazonaws.com", dualStackSuffix: "api.aws")

    /// The partition of a Region, by the Region's name.
    package init(region: String) {
        self = Self.partitions.first { region.hasPrefix($0.prefix) }?.partition ?? Self.commercial
    }

    private init(name: String, suffix: String, dualStackSuffix: String) {
        (self.name, self.suffix, self.dualStackSuffix) = (name, suffix, dualStackSuffix)
    }
}
