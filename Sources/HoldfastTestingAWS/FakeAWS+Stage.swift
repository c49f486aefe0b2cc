import HoldfastCrypto
package import HoldfastModel
import Synchronization

/// What a test sets up, and changes while it runs.
extension FakeAWS {
    /// The keys of a user: they last until they are revoked.
    package func createUser(_ name: String = "op") -> (id: String, secret: String) {
        let issued = cloud.withLock { $0.issue(arn: "arn:aws:iam::\(FakeCloud.account):user/\(name)", expires: nil) }
        return (issued.id, issued.secret)
    }

    /// A role; `externalID` is what must be said to assume it, `tokens` the web identities that may.
    package func createRole(_ name: String, externalID: String? = nil, tokens: Set<String> = []) -> String {
        let arn = "arn:aws:iam::\(FakeCloud.account):role/\(name)"
        cloud.withLock { $0.roles[arn] = FakeCloud.Role(arn: arn, externalID: externalID, tokens: tokens) }
        return arn
    }

    /// All credentials that roles were given end now, though they said that they would last.
    package func expireSessions() {
        cloud.withLock { cloud in
            for (id, principal) in cloud.principals where principal.expires != nil {
                cloud.principals[id]?.expires = cloud.now()
            }
        }
    }

    /// A key in each of the Regions, the first being the primary's; more than one makes a family. The ARN of the first.
    package func createKey(_ label: String = "", in regions: [String] = ["us-east-1"]) -> String {
        let (material, number) = (Random.bytes(32), Hex.encode(Random.bytes(16)))
        let id = regions.count > 1 ? "mrk-\(number)" : Self.uuid(number)
        let arns = regions.map { "arn:aws:kms:\($0):\(FakeCloud.account):key/\(id)" }
        cloud.withLock { cloud in
            for (region, arn) in zip(regions, arns) {
                cloud.keys[arn] = FakeCloud.Key(
                    arn: arn, region: region, id: id, label: label, created: cloud.now(), material: material,
                    family: regions.count > 1 ? regions : [])
            }
        }
        return arns[0]
    }

    package func createAlias(_ name: String, for arn: String) -> String {
        let alias = arn.prefix { $0 != "/" }.dropLast(3) + "alias/\(name)"
        cloud.withLock { $0.aliases[String(alias)] = arn }
        return String(alias)
    }

    /// Puts a key into a state under AWS's own name for it.
    package func setState(_ state: String, of arn: String) { cloud.withLock { $0.keys[arn]?.state = state } }

    /// Its material is renewed by nobody.
    package func stopRotation(of arn: String) { cloud.withLock { $0.keys[arn]?.isRotated = false } }

    package func setUsage(_ usage: String, of arn: String) { cloud.withLock { $0.keys[arn]?.usage = usage } }

    /// The day on which imported material ends.
    package func setExpiry(_ date: Timestamp, of arn: String) { cloud.withLock { $0.keys[arn]?.validTo = date } }

    /// Gone, as after its waiting period.
    package func removeKey(_ arn: String) { cloud.withLock { $0.keys[arn] = nil } }

    /// Denies an operation, on one key or on all.
    package func deny(_ operation: String, _ arn: String? = nil) {
        cloud.withLock { _ = $0.denials.insert(arn.map { "\(operation) \($0)" } ?? operation) }
    }

    /// Denies an operation on one key to one user or role alone.
    package func deny(_ operation: String, _ arn: String, to identity: String) {
        cloud.withLock { _ = $0.denials.insert("\(operation) \(arn) \(identity)") }
    }

    package func allowAll() { cloud.withLock { $0.denials = [] } }

    package func setWeather(_ weather: Weather, in region: String) { cloud.withLock { $0.weather[region] = weather } }

    private static func uuid(_ hex: String) -> String {
        var (text, rest) = ([String](), Substring(hex))
        for length in [8, 4, 4, 4, 12] {
            text.append(String(rest.prefix(length)))
            rest = rest.dropFirst(length)
        }
        return text.joined(separator: "-")
    }
}
