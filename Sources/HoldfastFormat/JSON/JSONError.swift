/// Why bytes are not the JSON that was asked for.
package enum JSONError: Error, Hashable, Sendable {
    /// The text itself is wrong, at this byte.
    case syntax(String, offset: Int)
    /// A member is missing, or is not what it must be.
    case member(String, problem: String)
}

extension JSONError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .syntax(let problem, let offset): "\(problem) at byte \(offset)"
        case .member(let name, let problem): "member '\(name)' \(problem)"
        }
    }
}
