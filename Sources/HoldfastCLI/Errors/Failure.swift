package import HoldfastFormat

/// One failed run as its user is told: what happened, to which object, what to do, and the exit status.
package struct Failure: Error, Hashable, Sendable {
    package let status: ExitStatus
    package let what: String
    package let object: String
    package let remedy: String
    /// Usage to be shown below, on a terminal.
    package var help = ""

    package init(_ status: ExitStatus, _ what: String, _ object: String, _ remedy: String) {
        self.status = status
        self.what = what
        self.object = object
        self.remedy = remedy
    }

    /// Wrong usage, in the argument parser's words.
    init(usage message: String, help: String) {
        let line = message.split(separator: "\n").joined(separator: " ")
        self.init(.usage, "wrong usage", line, "see holdfast --help")
    }

    /// `WHAT HAPPENED: WHICH OBJECT: WHAT TO DO`; parts that say nothing are left out.
    package var message: String { [what, object, remedy].filter { !$0.isEmpty }.joined(separator: ": ") }

    package var line: String { "holdfast: \(message)" }

    package var json: JSONObject {
        [
            "message_type": "exit_error", "code": .integer(Int64(status.rawValue)), "message": .string(message),
            "object": .string(object),
        ]
    }
}
