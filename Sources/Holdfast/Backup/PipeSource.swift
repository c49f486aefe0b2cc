import HoldfastStorage

/// A stream that is read once, from start to end: offsets only go up.
struct PipeSource: ByteSource, ~Copyable {
    private let descriptor: Int32
    let path: [UInt8]

    init(descriptor: Int32, path: [UInt8]) {
        self.descriptor = descriptor
        self.path = path
    }

    func nextExtent(from offset: Int) -> Range<Int>? { offset..<Int.max }

    func read(into bytes: inout MutableSpan<UInt8>, at offset: Int) throws(SourceProblem) -> Int {
        do throws(PosixError) {
            return try StreamReading.fill(&bytes, from: descriptor)
        } catch {
            throw SourceProblem(path: path, what: .cannotRead(error))
        }
    }
}
