import ArgumentParser
import HoldfastFormat

/// `holdfast debug oracle`
struct DebugOracleCommand: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "oracle", abstract: "Answer a case of the decision functions, for comparison with another implementation.",
        discussion: """
            Example: echo '{"fn": "ticks", "every": "day", "at": "18:00", "zone": "UTC", "after": "2027-01-01T00:00:00Z", \
            "upto": "2027-01-03T00:00:00Z"}' | holdfast debug oracle

            Reads JSON from standard input and prints JSON, as docs/RETENTION.md, section 6, says. With --lines, one case a \
            line; a line that is no case is answered with {"error": …}, and the exit code is 64.
            """)

    @Flag(help: "One case a line, one answer a line.")
    var lines = false

    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(in session: Session) async throws -> ExitStatus {
        guard lines else {
            var text = ""
            while let line = readLine(strippingNewline: false) { text += line }
            try session.output.print(value: try Self.answer(text))
            return .done
        }
        var status = ExitStatus.done
        while let line = readLine() {
            do {
                try session.output.print(value: try Self.answer(line))
            } catch let error as JSONError {
                status = .usage
                try session.output.print(["error": .string("\(error)")])
            }
        }
        return status
    }

    private static func answer(_ text: String) throws -> JSONValue {
        try OracleCase(JSONObject.parse(OracleNumbers.whole(in: text))).answer()
    }
}
