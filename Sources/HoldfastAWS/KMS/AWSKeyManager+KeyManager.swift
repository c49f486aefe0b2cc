import HoldfastCrypto
import HoldfastFormat
package import HoldfastModel

extension AWSKeyManager: KeyManager {
    /// What Decrypt takes.
    private static let wrappedByteCounts = 1...6144

    package var scheme: String { KeyARN.scheme }
    package var exact: any KeyManager { pinned }

    /// An address from the environment may be that of a stand-in, which knows none of the keys: of it "not found" is no deletion.
    package var remembersDestroyed: Bool { configuration.access.endpoints.isFromEnvironment(.kms) }

    package func describe(_ cmk: CMK) async throws(KeyManagerError) -> CMKDescription {
        let arn = try arn(cmk)
        let metadata: KeyMetadata
        do throws(KeyManagerError) {
            metadata = try await describeKey(arn)
        } catch .notFound where arn.isAlias {
            // Of an alias "not found" says nothing about any key.
            throw .unsuitable(cmk, detail: "there is no such alias: name the key itself")
        }
        guard metadata.isSuitable else {
            throw .unsuitable(cmk, detail: "this is not a customer's symmetric key for encryption: create one, and name that")
        }
        return metadata.description
    }

    package func wrap(
        _ key: borrowing Secret, under cmk: CMK, context: EncryptionContext
    ) async throws(KeyManagerError) -> Envelope {
        let arn = try keyARN(cmk)
        // Honest limit: in this one request, and in what carries it, the key stands outside of locked memory.
        var plaintext = key.copy
        defer { plaintext.wipe() }
        let input: JSONObject = [
            "Plaintext": .base64(plaintext), "EncryptionContext": .object(context.members),
            "EncryptionAlgorithm": "SYMMETRIC_DEFAULT",
        ]
        let (answer, member) = try await callAnywhere(.encrypt, arn, input)
        let (wrapped, used): ([UInt8], String)
        do throws(JSONError) {
            (wrapped, used) = (try answer.members.base64("CiphertextBlob"), try answer.members.string("KeyId"))
        } catch {
            throw unintelligible(member, error)
        }
        guard Self.wrappedByteCounts.contains(wrapped.count) else {
            throw unintelligible(member, .member("CiphertextBlob", problem: "has \(wrapped.count) bytes"))
        }
        guard let key = KeyARN(used), key == member else { throw .incorrect(cmk) }
        // A relative that stood in wraps for the one that was asked for: any of the family opens it.
        return Envelope(
            cmk: arn.cmk, version: Self.version(answer), access: answer.origin.description, wrapped: wrapped,
            created: configuration.clock(), requestID: answer.requestID)
    }

    /// Opens an envelope with these credentials and no others.
    func open(_ envelope: Envelope, _ context: EncryptionContext) async throws(KeyManagerError) -> Secret {
        let arn = try keyARN(envelope.cmk)
        // Outside these bounds AWS would complain of the request and not of the envelope.
        guard Self.wrappedByteCounts.contains(envelope.wrapped.count) else { throw .incorrect(envelope.cmk) }
        let input: JSONObject = [
            "CiphertextBlob": .base64(envelope.wrapped), "EncryptionContext": .object(context.members),
            "EncryptionAlgorithm": "SYMMETRIC_DEFAULT",
        ]
        let (answer, member) = try await callAnywhere(.decrypt, arn, input)
        var plaintext: [UInt8]
        let used: String
        do throws(JSONError) {
            (plaintext, used) = (try answer.members.base64("Plaintext"), try answer.members.string("KeyId"))
        } catch {
            throw unintelligible(member, error)
        }
        defer { plaintext.wipe() }
        guard let key = KeyARN(used), key == member else { throw .incorrect(envelope.cmk) }
        return Secret(copying: plaintext.span)
    }

    package func scheduleDeletion(
        of cmk: CMK, proof: borrowing DeletionProof, waiting: Period
    ) async throws(KeyManagerError) -> Timestamp {
        precondition(proof.cmks.contains(cmk), "the proof is of other CMKs")
        let now = configuration.clock()
        // Months have no fixed number of days, and a part of a day counts as a whole one.
        let days = (waiting.after(now) - now + 86_399) / 86_400
        guard (7...30).contains(days) else {
            throw .unsuitable(cmk, detail: "AWS KMS has waiting periods of 7 to 30 days, and not of \(waiting)")
        }
        let arn = try await change(.scheduleKeyDeletion, cmk, ["PendingWindowInDays": .integer(days)])
        // A primary waits for its last replica, and has no date until that is gone: this is the earliest that it can be.
        return try await describeKey(arn).deletionDate ?? waiting.after(now)
    }

    package func cancelDeletion(of cmk: CMK) async throws(KeyManagerError) {
        _ = try await change(.cancelKeyDeletion, cmk)
    }

    package func disable(_ cmk: CMK) async throws(KeyManagerError) { _ = try await change(.disableKey, cmk) }

    package func enable(_ cmk: CMK) async throws(KeyManagerError) { _ = try await change(.enableKey, cmk) }

    private func unintelligible(_ arn: KeyARN, _ error: JSONError) -> KeyManagerError {
        .unreachable("AWS KMS in \(arn.region)", detail: "its answer is not understood: \(error)")
    }

    /// The id of the material that was used, where AWS tells it: not yet for Encrypt.
    private static func version(_ answer: KMSClient.Answer) -> String? {
        guard case .string(let id) = answer.members["KeyMaterialId"] else { return nil }
        return id
    }
}

extension EncryptionContext {
    /// In AWS's words, sorted, so that one context is one request.
    fileprivate var members: JSONObject {
        pairs.sorted { $0.key < $1.key }.reduce(into: JSONObject()) { $0.append($1.key, .string($1.value)) }
    }
}

extension Secret {
    /// For the one request that carries it to its key manager.
    fileprivate var copy: [UInt8] { bytes.indices.map { bytes[$0] } }
}
