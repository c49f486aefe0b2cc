import HoldfastFormat
package import HoldfastModel

/// What AWS KMS tells beside a key's state: notes for people. No decision rests on them.
extension AWSKeyManager {
    package func notes(on cmk: CMK) async -> KeyNotes? {
        var notes = KeyNotes()
        do throws(KeyManagerError) {
            let use = try await lastUse(of: cmk)
            notes.lastUsed = use.time
            notes.lines.append(use.sentence)
        } catch {
            notes.lines.append("when it was last used is not known: \(Self.reason(error, "kms:GetKeyLastUsage"))")
            // Who is silent is not asked for more.
            if case .unreachable = error { return notes }
        }
        do throws(KeyManagerError) {
            let rotation = try await rotation(of: cmk)
            notes.isRotatedAutomatically = rotation.isAutomatic
            notes.lines.append(rotation.sentence)
        } catch {
            let right = "kms:GetKeyRotationStatus or kms:ListKeyRotations"
            notes.lines.append("whether AWS renews its material is not known: \(Self.reason(error, right))")
        }
        return notes
    }

    private static func reason(_ error: KeyManagerError, _ right: String) -> String {
        if case .denied = error { "\(right) is denied" } else { "AWS KMS does not say" }
    }

    /// How a CMK's material is renewed under the same ARN: nothing is to be done for it, and nothing becomes free by it.
    package struct Rotation: Hashable, Sendable {
        package let isAutomatic: Bool
        /// In days; nil where it does not rotate by itself.
        package let period: Int64?
        package let next: Timestamp?
        /// When its material was renewed, the latest first.
        package let past: [Timestamp]
    }

    /// The last use that AWS KMS has noticed.
    package struct LastUse: Hashable, Sendable {
        /// Its own name of the operation; nil where it has seen none.
        package let operation: String?
        package let time: Timestamp?
        /// To be looked for among our own requests: another's use is a reason to ask who.
        package let requestID: String?
        /// Before this time it took no notice: no use means little for an older CMK.
        package let trackingStart: Timestamp?
    }

    package func rotation(of cmk: CMK) async throws(KeyManagerError) -> Rotation {
        let arn = try arn(cmk)
        let status = try await call(.getKeyRotationStatus, arn).members
        let rotations = try await call(.listKeyRotations, arn).members
        do throws(JSONError) {
            var past: [Timestamp] = []
            for rotation in try rotations.optional("Rotations", rotations.objects) ?? [] {
                if let date = try rotation.optional("RotationDate", rotation.instant) { past.append(date) }
            }
            return Rotation(
                isAutomatic: try status.bool("KeyRotationEnabled"),
                period: try status.optional("RotationPeriodInDays", status.integer),
                next: try status.optional("NextRotationDate", status.instant),
                past: past.sorted(by: >))
        } catch {
            throw .unreachable("AWS KMS in \(arn.region)", detail: "what it says of rotation is not understood: \(error)")
        }
    }

    /// Not of an alias, and only of the account's own CMKs: AWS KMS knows nothing of others' use.
    package func lastUse(of cmk: CMK) async throws(KeyManagerError) -> LastUse {
        let arn = try arn(cmk)
        let answer = try await call(.getKeyLastUsage, arn).members
        do throws(JSONError) {
            let use = try answer.optional("KeyLastUsage", answer.object) ?? [:]
            return LastUse(
                operation: try use.optional("Operation", use.string),
                time: try use.optional("Timestamp", use.instant),
                requestID: try use.optional("KmsRequestId", use.string),
                trackingStart: try answer.optional("TrackingStartDate", answer.instant))
        } catch {
            throw .unreachable("AWS KMS in \(arn.region)", detail: "what it says of the last use is not understood: \(error)")
        }
    }
}

extension AWSKeyManager.LastUse {
    /// Without its full stop.
    fileprivate var sentence: String {
        guard let time else {
            let since = trackingStart.map { " since \($0.toTheMinute) UTC, when it began to look" } ?? ""
            return "AWS KMS has seen no use of it\(since): that proves nothing"
        }
        let how = operation.map { " (\($0))" } ?? ""
        return "AWS KMS last saw it used on \(time.toTheMinute) UTC\(how): ask who, if nothing of Holdfast did that"
    }
}

extension AWSKeyManager.Rotation {
    /// Without its full stop.
    fileprivate var sentence: String {
        let last = past.first.map { ", last on \($0.toTheMinute) UTC" } ?? ""
        let next = next.map { ", next on \($0.toTheMinute) UTC" } ?? ""
        return isAutomatic
            ? "AWS renews its material by itself\(last)\(next): the ARN stays, and nothing becomes free by it"
            : "AWS does not renew its material by itself\(last)"
    }
}
