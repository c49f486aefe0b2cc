package import HoldfastFormat

/// One failed run as its user is told: what happened, to which object, what to do, and the exit status.
package struct Failure: Error, Hashable, Sendable {
    package let status: ExitStatus
    package let what: String
    /// By its name alone: a URI, an id, a path, a cluster; empty where there is none.
    package let object: String
    package let remedy: String
    /// `what` is a sentence that names the object.
    let isObjectTold: Bool
    /// Usage to be shown below, on a terminal.
    package var help = ""

    package init(_ status: ExitStatus, _ what: String, _ object: String, _ remedy: String) {
        self.init(status, what, object, remedy, isObjectTold: false)
    }

    /// A sentence that names its object.
    init(_ status: ExitStatus, sentence: String, about object: String, _ remedy: String) {
        self.init(status, sentence, object, remedy, isObjectTold: true)
    }

    private init(_ status: ExitStatus, _ what: String, _ object: String, _ remedy: String, isObjectTold: Bool) {
        self.status = status
        self.what = what
        self.object = object
        self.remedy = remedy
        self.isObjectTold = isObjectTold
    }

    /// Wrong usage, in the argument parser's words.
    init(usage message: String, help: String) {
        let line = message.split(separator: "\n").joined(separator: " ")
        self.init(.usage, "wrong usage: \(line)", "", "see holdfast --help")
    }

    /// The same, with what it means said first.
    func saying(_ consequence: String) -> Failure {
        Failure(status, "\(consequence): \(what)", object, remedy, isObjectTold: isObjectTold)
    }

    /// The same, which happened in one cluster of several.
    func inCluster(_ name: String) -> Failure { saying("cluster \(name)") }

    /// The same with more to do about it.
    func withRemedy(_ remedy: String) -> Failure { Failure(status, what, object, remedy, isObjectTold: isObjectTold) }

    /// `WHAT HAPPENED: WHICH OBJECT: WHAT TO DO`; parts that say nothing are left out.
    package var message: String {
        [what, isObjectTold ? "" : object, remedy].filter { !$0.isEmpty }.joined(separator: ": ")
    }

    /// Of an object that is named elsewhere.
    var whatAndRemedy: String { [what, remedy].filter { !$0.isEmpty }.joined(separator: ": ") }

    package var line: String { "holdfast: \(message)" }

    package var json: JSONObject {
        [
            "message_type": "exit_error", "code": .integer(Int64(status.rawValue)), "message": .string(message),
            "object": .string(object),
        ]
    }
}
