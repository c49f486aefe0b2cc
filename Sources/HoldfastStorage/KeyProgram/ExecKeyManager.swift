import HoldfastCrypto
import HoldfastFormat
package import HoldfastModel

/// CMKs that external programs keep, `exec:<program>/<key>`: whatever key manager somebody writes forty lines for
/// (`docs/KEY_MANAGERS.md`).
///
/// A program's word counts as a key manager's; its silence, a crash, a babble or a time-out counts as none, and never as "gone".
package struct ExecKeyManager: Sendable {
    /// Waiting periods that are passed on, in days.
    private static let waitingDays: ClosedRange<Int64> = 7...365
    private static let keyByteCount = 32

    private let programs: [String: KeyProgramSettings]
    private let clock: @Sendable () -> Timestamp

    /// - Parameters:
    ///   - programs: by the names that stand in URIs.
    ///   - clock: when envelopes say that they were made.
    package init(programs: [String: KeyProgramSettings], clock: @escaping @Sendable () -> Timestamp) {
        self.programs = programs
        self.clock = clock
    }

    /// Who keeps a CMK, and what it is called there. Neither a malformed URI nor a program that the project file does not have is
    /// "not found", which would mean deleted.
    private func find(_ cmk: CMK) throws(KeyManagerError) -> (program: KeyProgram, key: String) {
        guard let name = KeyProgramCMK(cmk) else { throw .unsuitable(cmk, detail: "this is not exec:PROGRAM/KEY") }
        guard let settings = programs[name.program] else {
            throw .unreachable(cmk.uri, detail: "the project file has no program \(name.program) under key_managers: exec:")
        }
        return (KeyProgram(name: name.program, settings: settings), name.key)
    }

    /// Asks who keeps the CMK, and reads what comes back.
    private func ask<Answer>(
        about cmk: CMK, _ request: (String) -> KeyProgramRequest,
        _ read: (JSONObject, KeyProgram) throws(JSONError) -> Answer
    ) async throws(KeyManagerError) -> Answer {
        let (program, key) = try find(cmk)
        let answer = try await program.ask(request(key), about: cmk)
        do throws(JSONError) { return try read(answer, program) } catch { throw program.unintelligible(error) }
    }

    /// Asks for what is answered with a description, and holds it to the CMK that was meant.
    private func description(
        of cmk: CMK, _ request: (String) -> KeyProgramRequest
    ) async throws(KeyManagerError) -> CMKDescription {
        try await ask(about: cmk, request) { (json, program) throws(JSONError) in
            let description = try CMKDescription(json, program: program.name)
            guard description.cmk == cmk else { throw .member("key", problem: "is another than was asked about") }
            return description
        }
    }

    /// Asks for a change, and believes in it where the answer shows it.
    private func change(
        _ cmk: CMK, to state: CMKState, _ request: (String) -> KeyProgramRequest
    ) async throws(KeyManagerError) -> CMKDescription {
        let description = try await description(of: cmk, request)
        guard description.state == state else {
            throw .unreachable(
                cmk.uri, detail: "it was to be \(state.rawValue), and its program says \(description.state.rawValue)")
        }
        return description
    }
}

extension ExecKeyManager: KeyManager {
    package var scheme: String { KeyProgramCMK.scheme }

    /// A program that is pointed at another store knows none of our keys: only the state `deleted` means that one is gone.
    package var remembersDestroyed: Bool { true }

    package func describe(_ cmk: CMK) async throws(KeyManagerError) -> CMKDescription {
        try await description(of: cmk) { .describe(key: $0) }
    }

    /// What all programs list. One that gives no answer makes the list fail: a part of it would look like the whole.
    package func list() async throws(KeyManagerError) -> [CMKDescription] {
        var all: [CMKDescription] = []
        for (name, settings) in programs.sorted(by: { $0.key < $1.key }) {
            let program = KeyProgram(name: name, settings: settings)
            let answer = try await program.ask(.list)
            do throws(JSONError) {
                for json in try answer.objects("keys") { all.append(try CMKDescription(json, program: name)) }
            } catch {
                throw program.unintelligible(error)
            }
        }
        return all
    }

    /// A program may keep no such list.
    package func recordUse(of cmk: CMK, by repository: RepositoryID) async throws(KeyManagerError) {
        do throws(KeyManagerError) {
            try await ask(about: cmk, { .recordUse(key: $0, repository: repository) }) { (_, _) throws(JSONError) in }
        } catch .unsuitable {
            return
        }
    }

    package func wrap(
        _ key: borrowing Secret, under cmk: CMK, context: EncryptionContext
    ) async throws(KeyManagerError) -> Envelope {
        let (program, name) = try find(cmk)
        let answer = try await program.ask(.wrap(key: name, context: context, plaintext: key.base64), about: cmk)
        let wrapped: [UInt8]
        let version: String?
        do throws(JSONError) {
            wrapped = try answer.base64("wrapped")
            version = try answer.optional("version", answer.string)
            guard (1...Envelope.maximumWrappedByteCount).contains(wrapped.count) else {
                throw .member("wrapped", problem: "has \(wrapped.count) bytes")
            }
            // A stub that gives back what it was given would publish the key.
            guard !key.isContained(in: wrapped) else { throw .member("wrapped", problem: "holds the key in the clear") }
        } catch {
            throw program.unintelligible(error)
        }
        return Envelope(cmk: cmk, version: version, wrapped: wrapped, created: clock())
    }

    package func unwrap(_ envelope: Envelope, context: EncryptionContext) async throws(KeyManagerError) -> Secret {
        let (cmk, wrapped) = (envelope.cmk, envelope.wrapped)
        let (program, key) = try find(cmk)
        guard wrapped.count <= Envelope.maximumWrappedByteCount else { throw .incorrect(cmk) }
        let answer = try await program.ask(.unwrap(key: key, context: context, wrapped: wrapped), about: cmk)
        var plaintext: [UInt8]
        do throws(JSONError) {
            plaintext = try answer.base64("plaintext", count: Self.keyByteCount)
        } catch {
            throw program.unintelligible(error)
        }
        defer { plaintext.wipe() }
        return Secret(copying: plaintext.span)
    }

    package func scheduleDeletion(
        of cmk: CMK, proof: borrowing DeletionProof, waiting: Period
    ) async throws(KeyManagerError) -> Timestamp {
        precondition(proof.cmks.contains(cmk), "the proof is of other CMKs")
        let now = clock()
        // Months have no fixed number of days, and a part of a day counts as a whole one.
        let days = (waiting.after(now) - now + 86_399) / 86_400
        guard Self.waitingDays.contains(days) else {
            throw .unsuitable(cmk, detail: "a waiting period is from 7 to 365 days, not \(waiting)")
        }
        let description = try await change(cmk, to: .pendingDeletion) { .scheduleDeletion(key: $0, days: days) }
        return description.deletionDate ?? waiting.after(now)
    }

    package func cancelDeletion(of cmk: CMK) async throws(KeyManagerError) {
        _ = try await change(cmk, to: .disabled) { .cancelDeletion(key: $0) }
    }

    package func disable(_ cmk: CMK) async throws(KeyManagerError) {
        _ = try await change(cmk, to: .disabled) { .disable(key: $0) }
    }

    package func enable(_ cmk: CMK) async throws(KeyManagerError) {
        _ = try await change(cmk, to: .enabled) { .enable(key: $0) }
    }
}

extension Secret {
    /// For the one request that carries it to its program.
    fileprivate var base64: String {
        var copy = bytes.indices.map { bytes[$0] }
        defer { copy.wipe() }
        return Base64.encode(copy)
    }

    fileprivate func isContained(in other: [UInt8]) -> Bool {
        guard other.count >= count else { return false }
        return (0...other.count - count).contains { start in bytes.indices.allSatisfy { bytes[$0] == other[start + $0] } }
    }
}
