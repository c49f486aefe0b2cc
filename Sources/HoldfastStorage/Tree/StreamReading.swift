import CPosix
import Glibc

/// Reading from a descriptor that is no file: standard input, a command's output.
package enum StreamReading {
    /// How long a wait for data goes on before a cancellation is looked for, in milliseconds.
    private static let patience: Int32 = 100

    /// Fills `bytes`; fewer only at the end of the stream, or where this task is cancelled: a writer that says nothing more must not
    /// hold us.
    package static func fill(_ bytes: inout MutableSpan<UInt8>, from descriptor: Int32) throws(PosixError) -> Int {
        var filled = 0
        while filled < bytes.count {
            guard try hasData(descriptor) else { break }
            let count = try posix("read", "standard input") {
                unsafe bytes.withUnsafeMutableBufferPointer { buffer in
                    unsafe Glibc.read(descriptor, buffer.baseAddress.map { unsafe $0 + filled }, buffer.count - filled)
                }
            }
            guard count > 0 else { break }
            filled += Int(count)
        }
        return filled
    }

    /// Waits until there is something to read, the end included; false once this task is cancelled.
    private static func hasData(_ descriptor: Int32) throws(PosixError) -> Bool {
        var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        while !Task.isCancelled {
            if try posix("poll", "standard input", { unsafe poll(&request, 1, patience) }) > 0 { return true }
        }
        return false
    }
}
