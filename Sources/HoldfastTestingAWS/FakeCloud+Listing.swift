import HoldfastFormat
import HoldfastModel

/// What the fake says of keys: descriptions, lists, and times with fractions.
extension FakeCloud {
    func metadata(_ key: Key) -> JSONObject {
        var metadata: JSONObject = [
            "AWSAccountId": .string(Self.account), "Arn": .string(key.arn), "KeyId": .string(key.id),
            "CreationDate": .integer(key.created.seconds), "Description": .string(key.label), "KeyState": .string(key.state),
            "Enabled": .bool(key.state == "Enabled"), "KeyManager": "CUSTOMER", "KeyUsage": .string(key.usage),
            "KeySpec": "SYMMETRIC_DEFAULT", "Origin": .string(key.validTo == nil ? "AWS_KMS" : "EXTERNAL"),
            "MultiRegion": .bool(!key.family.isEmpty),
        ]
        if let date = key.deletionDate { metadata.append("DeletionDate", .integer(date.seconds)) }
        if let date = key.validTo { metadata.append("ValidTo", .integer(date.seconds)) }
        if let primary = key.family.first {
            func member(_ region: String) -> JSONValue {
                ["Arn": .string(key.arn.replacing(":\(key.region):", with: ":\(region):")), "Region": .string(region)]
            }
            metadata.append(
                "MultiRegionConfiguration",
                [
                    "MultiRegionKeyType": key.region == primary ? "PRIMARY" : "REPLICA", "PrimaryKey": member(primary),
                    "ReplicaKeys": .array(key.family.dropFirst().map(member)),
                ])
        }
        return metadata
    }

    func listedKeys(_ region: String) -> [JSONValue] {
        keys.values.filter { $0.region == region }.sorted { $0.arn < $1.arn }
            .map { ["KeyId": .string($0.id), "KeyArn": .string($0.arn)] }
    }

    func listedAliases(_ region: String) -> [JSONValue] {
        aliases.sorted { $0.key < $1.key }.compactMap { alias, target in
            guard let key = keys[target], key.region == region, let start = alias.firstRange(of: "alias/") else { return nil }
            return [
                "AliasName": .string(String(alias[start.lowerBound...])), "AliasArn": .string(alias),
                "TargetKeyId": .string(key.id),
            ]
        }
    }

    /// Two at a time, whatever was asked for: AWS may give fewer than the limit.
    func page(
        _ member: String, _ elements: [JSONValue], _ operation: String,
        _ call: (input: JSONObject, region: String, caller: Principal)
    ) throws(FakeFault) -> JSONObject {
        if denials.contains(operation) {
            throw FakeFault("AccessDeniedException", "User: \(call.caller.arn) is not authorized to perform: kms:\(operation)")
        }
        var start = 0
        if case .string(let marker) = call.input["Marker"] { start = Int(marker) ?? 0 }
        let end = min(start + 2, elements.count)
        var page: JSONObject = [member: .array(Array(elements[start..<end])), "Truncated": .bool(end < elements.count)]
        if end < elements.count { page.append("NextMarker", .string("\(end)")) }
        return page
    }

    /// Times as AWS gives them, `1.8E9` being one and `1800000000.25` another.
    static func withFractions(_ bytes: [UInt8]) -> [UInt8] {
        let text = String(decoding: bytes, as: UTF8.self)
        return Array(text.replacing(/"(\w+Date|ValidTo|Timestamp)":(\d+)/) { "\"\($0.output.1)\":\($0.output.2).25" }.utf8)
    }
}
