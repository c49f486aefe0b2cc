import FoundationEssentials

/// A file of patterns, one a line; empty lines and those that begin with `#` say nothing.
enum PatternFile {
    static func patterns(of paths: [String]) throws -> [String] {
        try paths.flatMap { path in
            let text: String
            do {
                text = try String(contentsOfFile: path, encoding: .utf8)
            } catch {
                throw Failure(.usage, "the file of patterns cannot be read", path, "correct its name or rights")
            }
            return text.split(whereSeparator: \.isNewline).map(String.init).filter { !$0.hasPrefix("#") }
        }
    }
}
