import HoldfastStorage

/// A file of patterns, one a line, which need not be UTF-8; empty lines and those that begin with `#` say nothing.
enum PatternFile {
    /// How some editors begin a file of UTF-8.
    private static let mark: [UInt8] = [0xEF, 0xBB, 0xBF]

    static func globs(at path: String) throws(Failure) -> [Glob] {
        var bytes = try bytes(at: path)[...]
        if bytes.starts(with: mark) { bytes = bytes.dropFirst(mark.count) }
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        var globs: [Glob] = []
        for (index, line) in lines.enumerated() {
            let pattern = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
            guard let first = pattern.first, first != UInt8(ascii: "#") else { continue }
            do throws(Failure) {
                globs.append(try Glob(written: Array(pattern)))
            } catch {
                throw error.saying("\(path), line \(index + 1)")
            }
        }
        return globs
    }

    private static func bytes(at path: String) throws(Failure) -> [UInt8] {
        do throws(PosixError) {
            return try WholeFile.bytes(at: path)
        } catch {
            throw Failure(.usage, "the file of patterns cannot be read (\(error.reason))", path, "correct its name or rights")
        }
    }
}
