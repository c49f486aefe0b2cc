import CPosix
import Glibc

/// Reading from a descriptor that is no file: standard input, a command's output.
package enum StreamReading {
    /// Fills `bytes`; fewer only at the end of the stream.
    package static func fill(_ bytes: inout MutableSpan<UInt8>, from descriptor: Int32) throws(PosixError) -> Int {
        var filled = 0
        while filled < bytes.count {
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
}
