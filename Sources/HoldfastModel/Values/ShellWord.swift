/// A word of a command that a person is told to run. What comes from the store may be made to be copied into a shell: anything but plain
/// characters is quoted.
package enum ShellWord {
    package static func quoted(_ text: String) -> String {
        let isPlain = !text.isEmpty && !text.hasPrefix("-") && text.utf8.allSatisfy(isPlain)
        return isPlain
            ? text : "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: #"'\''"#) + "'"
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "-_./:@%+,".utf8.contains(byte)
        }
    }
}

extension CMK {
    /// Its URI as a word of a command.
    package var shellWord: String { ShellWord.quoted(uri) }
}
