import HoldfastCrypto
import HoldfastFormat
import HoldfastModel

/// Operations on keys, as each state allows them.
extension FakeCloud {
    private typealias Call = (input: JSONObject, region: String, caller: Principal)

    mutating func answerKMS(_ request: ObservedRequest, _ operation: String, _ requestID: String) -> FakeReply {
        do throws(FakeFault) {
            guard request.method == "POST", request.header("Content-Type") == "application/x-amz-json-1.1",
                request.header("X-Amz-Target") == "TrentService.\(operation)"
            else { throw FakeFault("UnknownOperationException", "this is no request to AWS KMS") }
            let caller = try SignatureCheck.verify(request, service: "kms", in: self)
            let region = SignatureCheck.scope(of: request)?.region ?? ""
            guard let input = try? JSONObject.parse(request.body) else { throw FakeFault("SerializationException", "no JSON") }
            let output = try run(operation, (input, region, caller))
            let body = output.members.isEmpty ? [] : Self.withFractions(output.serialized)
            return .answer(status: 200, type: "application/x-amz-json-1.1", body: body, requestID: requestID)
        } catch {
            return error.json(requestID)
        }
    }

    private mutating func run(_ operation: String, _ call: Call) throws(FakeFault) -> JSONObject {
        switch operation {
        case "ListKeys": return try page("Keys", listedKeys(call.region), operation, call)
        case "ListAliases": return try page("Aliases", listedAliases(call.region), operation, call)
        default: break
        }
        var key = try key(operation, call)
        defer { keys[key.arn] = key }
        switch operation {
        case "Encrypt", "Decrypt":
            let answer = operation == "Encrypt" ? try encrypt(key, call.input) : try decrypt(key, call.input)
            key.lastUse = [
                "Operation": .string(operation), "Timestamp": .integer(now().seconds), "KmsRequestId": .string("fake-\(counter)"),
            ]
            return answer
        case "DescribeKey": return ["KeyMetadata": .object(metadata(key))]
        case "DisableKey", "EnableKey":
            try require(key, ["Enabled", "Disabled", "Unavailable"])
            key.state = operation == "EnableKey" ? "Enabled" : "Disabled"
            return [:]
        case "ScheduleKeyDeletion": return try schedule(&key, call.input)
        case "CancelKeyDeletion":
            try require(key, ["PendingDeletion", "PendingReplicaDeletion"])
            (key.state, key.deletionDate) = ("Disabled", nil)
            return ["KeyId": .string(key.arn)]
        case "GetKeyRotationStatus":
            guard key.isRotated else { return ["KeyRotationEnabled": false] }
            return [
                "KeyRotationEnabled": true, "RotationPeriodInDays": 365, "NextRotationDate": .integer(now().seconds + 86_400),
            ]
        case "ListKeyRotations":
            let rotations: [JSONValue] = [
                ["RotationDate": .integer(key.created.seconds)], ["RotationDate": .integer(key.created.seconds + 10)],
            ]
            return ["Rotations": .array(rotations), "Truncated": false]
        case "GetKeyLastUsage":
            var answer: JSONObject = ["TrackingStartDate": .integer(key.created.seconds)]
            if let use = key.lastUse { answer.append("KeyLastUsage", .object(use)) }
            return answer
        default: throw FakeFault("UnknownOperationException", "\(operation) is not served")
        }
    }

    /// The key that is meant, if the caller may do that with it.
    private func key(_ operation: String, _ call: Call) throws(FakeFault) -> Key {
        guard case .string(let name) = call.input["KeyId"] else { throw FakeFault("ValidationException", "KeyId is required") }
        let isID = !name.contains(":")
        let arn = isID ? "arn:aws:kms:\(call.region):\(Self.account):key/\(name)" : aliases[name] ?? name
        let takesAlias = ["Encrypt", "Decrypt", "DescribeKey"].contains(operation)
        guard takesAlias || aliases[name] == nil else { throw FakeFault("InvalidArnException", "\(name) is an alias") }
        guard arn.split(separator: ":").dropFirst(3).first.map(String.init) == call.region else {
            throw FakeFault("NotFoundException", "Invalid keyId '\(name)'")
        }
        let denied = [operation, "\(operation) \(arn)", "\(operation) \(arn) \(call.caller.identity)"]
        if !denials.isDisjoint(with: denied) {
            throw FakeFault(
                "AccessDeniedException",
                "User: \(call.caller.arn) is not authorized to perform: kms:\(operation) on resource: \(arn)")
        }
        guard let key = keys[arn] else { throw FakeFault("NotFoundException", "Key '\(arn)' does not exist") }
        return key
    }

    private mutating func encrypt(_ key: Key, _ input: JSONObject) throws(FakeFault) -> JSONObject {
        try requireUsable(key)
        guard case .string(let plaintext) = input["Plaintext"], let bytes = Base64.decode(plaintext),
            (1...4096).contains(bytes.count)
        else { throw FakeFault("ValidationException", "Plaintext has 1 to 4096 bytes") }
        let blob = Base64.encode(Random.bytes(120))
        wrappings[blob] = Wrapping(material: key.material, context: try context(input), plaintext: plaintext)
        return ["CiphertextBlob": .string(blob), "KeyId": .string(key.arn), "EncryptionAlgorithm": "SYMMETRIC_DEFAULT"]
    }

    private func decrypt(_ key: Key, _ input: JSONObject) throws(FakeFault) -> JSONObject {
        try requireUsable(key)
        guard case .string(let blob) = input["CiphertextBlob"], !blob.isEmpty else {
            throw FakeFault("ValidationException", "CiphertextBlob has at least one byte")
        }
        guard let wrapping = wrappings[blob] else { throw FakeFault("InvalidCiphertextException", "") }
        guard wrapping.material == key.material else {
            throw FakeFault(
                "IncorrectKeyException", "The key ID in the request does not identify a CMK that can perform this operation.")
        }
        guard wrapping.context == (try context(input)) else { throw FakeFault("InvalidCiphertextException", "") }
        return [
            "Plaintext": .string(wrapping.plaintext), "KeyId": .string(key.arn),
            "KeyMaterialId": .string(SHA256.hash(key.material.span).hex), "EncryptionAlgorithm": "SYMMETRIC_DEFAULT",
        ]
    }

    private func context(_ input: JSONObject) throws(FakeFault) -> JSONObject {
        guard case .object(let context) = input["EncryptionContext"] else { return [:] }
        for member in context.members {
            guard case .string = member.value else { throw FakeFault("SerializationException", "\(member.name) is not a string") }
        }
        return context.members.sorted { $0.name < $1.name }.reduce(into: JSONObject()) { $0.append($1.name, $1.value) }
    }

    private func requireUsable(_ key: Key) throws(FakeFault) {
        guard key.usage == "ENCRYPT_DECRYPT" else {
            throw FakeFault("InvalidKeyUsageException", "\(key.arn) is for \(key.usage)")
        }
        switch key.state {
        case "Enabled", "Updating": return
        case "Disabled": throw FakeFault("DisabledException", "\(key.arn) is disabled.")
        case "PendingDeletion", "PendingReplicaDeletion":
            throw FakeFault("KMSInvalidStateException", "\(key.arn) is pending deletion (or pending replica deletion).")
        default: throw FakeFault("KMSInvalidStateException", "\(key.arn) is in state \(key.state).")
        }
    }

    private func require(_ key: Key, _ states: Set<String>) throws(FakeFault) {
        guard states.contains(key.state) else {
            throw FakeFault("KMSInvalidStateException", "\(key.arn) is in state \(key.state).")
        }
    }

    private func schedule(_ key: inout Key, _ input: JSONObject) throws(FakeFault) -> JSONObject {
        try require(key, ["Enabled", "Disabled", "PendingImport", "Unavailable", "Creating"])
        guard case .integer(let days) = input["PendingWindowInDays"], (7...30).contains(days) else {
            throw FakeFault("ValidationException", "PendingWindowInDays is from 7 to 30")
        }
        let replicas = key.family.dropFirst().filter { keys[key.arn.replacing(":\(key.region):", with: ":\($0):")] != nil }
        if key.family.first == key.region, !replicas.isEmpty {
            key.state = "PendingReplicaDeletion"
            return ["KeyId": .string(key.arn), "KeyState": .string(key.state), "PendingWindowInDays": .integer(days)]
        }
        (key.state, key.deletionDate) = ("PendingDeletion", now() + days * 86_400)
        return [
            "KeyId": .string(key.arn), "KeyState": .string(key.state), "DeletionDate": .integer(now().seconds + days * 86_400),
        ]
    }
}
