import HoldfastStorage

extension Glob {
    /// A pattern as a user wrote it.
    init(written pattern: [UInt8]) throws(Failure) {
        do throws(GlobError) {
            try self.init(pattern)
        } catch {
            throw Failure(.usage, "\(error)", String(decoding: pattern, as: UTF8.self), "correct it")
        }
    }

    init(written pattern: String) throws(Failure) { try self.init(written: Array(pattern.utf8)) }
}
