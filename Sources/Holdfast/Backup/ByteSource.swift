import HoldfastModel
import HoldfastStorage

/// What a file's bytes come from: a file with its holes, or a pipe.
protocol ByteSource: ~Copyable {
    /// As in `Entry.path`.
    var path: [UInt8] { get }
    /// The next run of data at or after `offset`; nil at the end.
    borrowing func nextExtent(from offset: Int) throws(SourceProblem) -> Range<Int>?
    /// Fills `bytes` from `offset` on; fewer only at the end.
    borrowing func read(into bytes: inout MutableSpan<UInt8>, at offset: Int) throws(SourceProblem) -> Int
}

extension SourceFile: ByteSource {
    var path: [UInt8] { opened.path }
}
