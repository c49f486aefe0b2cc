import ArgumentParser
import HoldfastModel

extension ProjectNames {
    /// A node or source as a command line has it: the project file takes no other.
    @Sendable static func argument(_ text: String) throws -> String {
        guard isName(text) else {
            throw ValidationError("not a name: 1 to \(maximumByteCount) bytes, without / and control characters")
        }
        return text
    }
}
