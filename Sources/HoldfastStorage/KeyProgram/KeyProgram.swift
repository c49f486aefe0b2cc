import HoldfastCrypto
import HoldfastFormat
import HoldfastModel

/// One program that keeps CMKs: each request is a run of it, with one JSON object going in and one coming out
/// (`docs/KEY_MANAGERS.md`).
struct KeyProgram: Sendable {
    /// Requests longer than this are not made, in bytes: pipes hold no more.
    static let requestByteCountAtMost = 48 << 10
    /// An answer that tells of one key, and one that tells of all, in bytes.
    private static let answerByteCountAtMost = 64 << 10
    private static let listByteCountAtMost = 4 << 20
    /// How many runs there may be at once, over all programs.
    private static let queue = BlockingQueue(label: "holdfast.key-program", width: 4)

    let name: String
    let settings: KeyProgramSettings

    /// How errors call it.
    var title: String { "\(KeyProgramCMK.scheme):\(name)" }

    /// The members of a good answer. Everything that is no answer is `.unreachable`: it says nothing of any key.
    ///
    /// - Parameter cmk: what the request is about; nil for a list.
    func ask(_ request: KeyProgramRequest, about cmk: CMK? = nil) async throws(KeyManagerError) -> JSONObject {
        let json = try await answer(to: request)
        guard let error = json["error"], error != .null else { return json }
        throw refusal(error, in: json, about: cmk)
    }

    func unintelligible(_ error: JSONError) -> KeyManagerError {
        .unreachable(title, detail: "its answer is not understood: \(error)")
    }

    private func answer(to request: KeyProgramRequest) async throws(KeyManagerError) -> JSONObject {
        // Honest limit: while they are written and read as JSON, keys stand outside of locked memory.
        var text = request.json.serialized
        let input = SecretBox(Secret(copying: text.span))
        text.wipe()
        guard input.secret.count <= Self.requestByteCountAtMost else {
            throw .unreachable(title, detail: "the request has more than \(Self.requestByteCountAtMost) bytes")
        }
        let run = BoundedRun(
            command: settings.command, secondsAtMost: settings.secondsAtMost,
            byteCountAtMost: request == .list ? Self.listByteCountAtMost : Self.answerByteCountAtMost)
        let output: SecretBox
        do throws(BoundedRun.Failure) {
            output = try await Self.queue.run { () throws(BoundedRun.Failure) in SecretBox(try run.run(input.secret)) }
        } catch {
            throw .unreachable(title, detail: "\(error)")
        }
        var bytes = output.bytes
        defer { bytes.wipe() }
        do throws(JSONError) { return try JSONObject.parse(bytes) } catch { throw unintelligible(error) }
    }

    /// A program's no, in our words. One that we do not know is none.
    private func refusal(_ error: JSONValue, in json: JSONObject, about cmk: CMK?) -> KeyManagerError {
        let message = json.message
        guard case .string(let name) = error, let kind = KeyProgramRefusal(rawValue: name) else {
            return unintelligible(.member("error", problem: "is none that is known here"))
        }
        guard let cmk else { return .unreachable(title, detail: message ?? kind.rawValue) }
        switch kind {
        case .notFound: return .notFound(cmk)
        case .denied: return .denied(cmk, detail: message ?? "\(title) says no")
        case .incorrect: return .incorrect(cmk)
        case .unsupported: return .unsuitable(cmk, detail: message ?? "\(title) does not do this")
        case .unreachable: return .unreachable(title, detail: message ?? "what it asks does not answer")
        case .state:
            do throws(JSONError) { return .state(cmk, try json.cmkState()) } catch { return unintelligible(error) }
        }
    }
}

/// What a program may answer instead of a result.
enum KeyProgramRefusal: String, CaseIterable {
    case notFound = "not_found"
    case denied, state, incorrect, unreachable, unsupported
}

/// Carries bytes that are wiped with it to another thread and back.
private final class SecretBox: Sendable {
    let secret: Secret

    init(_ secret: consuming Secret) { self.secret = secret }

    /// A copy, which is the caller's to wipe.
    var bytes: [UInt8] { secret.copy }
}

extension Secret {
    fileprivate var copy: [UInt8] { bytes.indices.map { bytes[$0] } }
}

extension JSONObject {
    /// What the program says to people: one line, cut to what a terminal shows.
    fileprivate var message: String? {
        guard case .string(let text) = self["message"], !text.isEmpty else { return nil }
        let invisible: Set<Unicode.GeneralCategory> = [.control, .format, .lineSeparator, .paragraphSeparator]
        let scalars = text.unicodeScalars.prefix(300).map { scalar in
            invisible.contains(scalar.properties.generalCategory) ? " " : Character(scalar)
        }
        return String(scalars)
    }
}
