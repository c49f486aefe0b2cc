package import HoldfastFormat
import Synchronization

/// Standard output takes nothing more.
package struct OutputClosed: Error, Hashable, Sendable {
    /// `errno` of the write. EPIPE: its reader has gone, which is no failure of ours.
    package let code: Int32

    package init(code: Int32) { self.code = code }
}

/// Where a command's data and remarks go: data to standard output and nothing else there, remarks to standard error.
package final class Output: Sendable {
    package typealias Sink = @Sendable ([UInt8]) throws(OutputClosed) -> Void

    /// What is collected before it is written, in bytes.
    private static let bufferByteCount = 1 << 16

    private let data: Sink
    private let remarks: Sink
    private let buffer = Mutex<[UInt8]>([])
    /// Whether standard error is a terminal, on which lines may be drawn over.
    package let canRedraw: Bool
    package let hasColor: Bool
    package let columns: Int

    package init(
        data: @escaping Sink, remarks: @escaping Sink, canRedraw: Bool = false, hasColor: Bool = false, columns: Int = 80
    ) {
        self.data = data
        self.remarks = remarks
        self.canRedraw = canRedraw
        self.hasColor = hasColor
        self.columns = columns
    }

    /// One line of data.
    package func print(_ line: String) throws(OutputClosed) { try write(Array(line.utf8) + [UInt8(ascii: "\n")]) }

    /// One JSON document, or one line of JSON lines; those reach the reader at once.
    package func print(_ object: JSONObject) throws(OutputClosed) {
        try write(object.serialized + [UInt8(ascii: "\n")])
        try flush()
    }

    /// One of very many lines of JSON: collected before it is written.
    package func printLater(_ object: JSONObject) throws(OutputClosed) { try write(object.serialized + [UInt8(ascii: "\n")]) }

    package func print(value: JSONValue) throws(OutputClosed) { try write(value.serialized + [UInt8(ascii: "\n")]) }

    package func print(_ array: [JSONValue]) throws(OutputClosed) { try print(value: .array(array)) }

    /// Bytes of data as they are.
    package func write(_ bytes: [UInt8]) throws(OutputClosed) {
        let isFull = buffer.withLock { buffer in
            buffer += bytes
            return buffer.count >= Self.bufferByteCount
        }
        if isFull { try flush() }
    }

    /// Writes what is collected.
    package func flush() throws(OutputClosed) {
        try buffer.withLock { (buffer) throws(OutputClosed) in
            defer { buffer = [] }
            if !buffer.isEmpty { try data(buffer) }
        }
    }

    /// One line for people.
    package func note(_ line: String) { draw("\(line)\n") }

    /// Text for a terminal, as it is. Where nobody hears remarks, nobody is there to be told.
    func draw(_ text: String) { do { try remarks(Array(text.utf8)) } catch { _ = error } }

    /// Says why the run failed: on standard error, and with `--json` on standard output too.
    package func fail(_ failure: Failure, asJSON isJSON: Bool) {
        note(failure.line)
        guard isJSON else { return }
        do { try print(failure.json) } catch { note("holdfast: standard output takes nothing more") }
    }
}
