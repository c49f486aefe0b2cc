import HoldfastFormat
import HoldfastModel

/// One call, and what its failure means for a CMK.
extension AWSKeyManager {
    /// Calls an operation on a CMK in its own Region.
    func call(_ operation: KMSOperation, _ arn: KeyARN, _ input: JSONObject = [:]) async throws(KeyManagerError)
        -> KMSClient.Answer
    {
        let client = try client(in: arn.region)
        do throws(KMSFailure) {
            return try await client.call(operation, input.naming(arn))
        } catch {
            throw await meaning(of: error, operation, arn)
        }
    }

    /// Calls an operation that changes the key itself. Those serve the key's own account alone, so the bare id says enough: stand-ins
    /// that tests run against know keys by nothing else here.
    func change(_ operation: KMSOperation, _ cmk: CMK, _ input: JSONObject = [:]) async throws(KeyManagerError) -> KeyARN {
        let arn = try keyARN(cmk)
        let client = try client(in: arn.region)
        var input = input
        input.append("KeyId", .string(arn.id))
        do throws(KMSFailure) {
            _ = try await client.call(operation, input)
        } catch {
            throw await meaning(of: error, operation, arn)
        }
        return arn
    }

    /// Calls an operation in one Region after the other, as long as none answers, or has no member of the family.
    func callAnywhere(
        _ operation: KMSOperation, _ arn: KeyARN, _ input: JSONObject
    ) async throws(KeyManagerError) -> (answer: KMSClient.Answer, member: KeyARN) {
        var (silences, isUnknownAtHome): ([String], Bool) = ([], false)
        for region in outages.order(regions(of: arn)) {
            let member = arn.inRegion(region)
            do throws(KeyManagerError) {
                let answer = try await call(operation, member, input)
                outages.end(region)
                return (answer, member)
            } catch .unreachable(_, let detail) {
                outages.notice(region)
                silences.append("\(region): \(detail)")
            } catch .notFound {
                // A relative in another Region opens the same, also once the member that was asked for is deleted.
                isUnknownAtHome = isUnknownAtHome || region == arn.region
            }
        }
        if isUnknownAtHome, silences.isEmpty { throw .notFound(arn.cmk) }
        throw .unreachable("AWS KMS", detail: silences.joined(separator: "; "))
    }

    func describeKey(_ arn: KeyARN) async throws(KeyManagerError) -> KeyMetadata {
        let answer = try await call(.describeKey, arn)
        do throws(JSONError) {
            let metadata = try KeyMetadata(answer.members)
            guard arn.isAlias || metadata.arn == arn else { throw .member("Arn", problem: "is of another key") }
            return metadata
        } catch {
            throw .unreachable("AWS KMS in \(arn.region)", detail: "what it says of \(arn) is not understood: \(error)")
        }
    }

    private func meaning(of failure: KMSFailure, _ operation: KMSOperation, _ arn: KeyARN) async -> KeyManagerError {
        switch failure {
        case .silence(let detail): return .unreachable("AWS KMS in \(arn.region)", detail: detail)
        case .fault(let fault):
            switch fault.kind {
            case .notFound: return .notFound(arn.cmk)
            case .denied: return .denied(arn.cmk, detail: fault.message.isEmpty ? fault.code : fault.message)
            case .incorrect: return .incorrect(arn.cmk)
            case .state: return await refusal(by: fault, operation, arn)
            case .unsuitable, .spentCredentials, .signature, .passing, .unknown:
                return .unsuitable(arn.cmk, detail: "AWS KMS refuses to \(operation.rawValue): \(fault.text)")
            }
        }
    }

    /// Two errors mean "not in this state", and neither says reliably which: DescribeKey does. Where that is not allowed the message
    /// has to do.
    private func refusal(by fault: KMSFault, _ operation: KMSOperation, _ arn: KeyARN) async -> KeyManagerError {
        guard let metadata = try? await describeKey(arn) else {
            let isPending = fault.message.contains("pending deletion")
            if isPending { return .state(arn.cmk, .pendingDeletion) }
            guard fault.code == "DisabledException" else {
                return .unreachable(
                    "AWS KMS in \(arn.region)", detail: "\(fault.text), and it does not say in which state the key is")
            }
            return .state(arn.cmk, .disabled)
        }
        let isUse = operation == .encrypt || operation == .decrypt
        // The state changed between two answers, or has not reached every server yet.
        if metadata.state == .enabled, isUse {
            return fault.code == "DisabledException"
                ? .state(arn.cmk, .disabled)
                : .unreachable("AWS KMS in \(arn.region)", detail: "the state of the key is just changing")
        }
        return .state(arn.cmk, metadata.state)
    }
}

extension JSONObject {
    /// A time as AWS says it, in seconds since 1970.
    func instant(_ name: String) throws(JSONError) -> Timestamp {
        guard let time = Timestamp(foreign: try integer(name)) else { throw .member(name, problem: "is no time") }
        return time
    }

    /// With the key that is meant, by its ARN: never by whatever a ciphertext says.
    fileprivate func naming(_ arn: KeyARN) -> JSONObject {
        var input = self
        input.append("KeyId", .string(arn.description))
        return input
    }
}
