import HoldfastCLI
import Testing

@Suite("What a process was called with")
struct ProcessWordsTests {
    private static let name: [UInt8] = Array("/s/caf".utf8) + [0xE9]

    @Test("an argument that is not UTF-8 is refused, with its bytes and what to do")
    func argument() {
        let words = ProcessWords(arguments: [Array("holdfast".utf8), Array("backup".utf8), Self.name], environment: [])
        let failure = #expect(throws: Failure.self) { try words.requireText() }
        #expect(failure?.status == .usage && failure?.object == #"/s/caf\xe9"#)
        #expect(failure?.message.contains("pattern") == true)
    }

    @Test("so is a variable that names a path; others may hold anything")
    func variables() throws {
        let project = ProcessWords(arguments: [], environment: [Array("HOLDFAST_PROJECT=".utf8) + Self.name])
        let failure = #expect(throws: Failure.self) { try project.requireText() }
        #expect(failure?.status == .usage && failure?.object == "HOLDFAST_PROJECT")
        try ProcessWords(arguments: [], environment: [Array("LS_COLORS=".utf8) + Self.name]).requireText()
    }

    @Test("names of any language are, U+FFFD among them")
    func text() throws {
        try ProcessWords(arguments: ["/s/café", "\u{FFFD}", "e\u{301}"].map { Array($0.utf8) }, environment: []).requireText()
    }
}
