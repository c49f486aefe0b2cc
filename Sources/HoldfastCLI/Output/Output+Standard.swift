import FoundationEssentials
import Glibc

extension Output {
    /// The process's own standard output and error.
    static let standard = Output(
        data: { (bytes) throws(OutputClosed) in try write(bytes, to: STDOUT_FILENO) },
        remarks: { (bytes) throws(OutputClosed) in try write(bytes, to: STDERR_FILENO) },
        canRedraw: isatty(STDERR_FILENO) == 1,
        hasColor: isatty(STDOUT_FILENO) == 1 && (ProcessInfo.processInfo.environment["NO_COLOR"] ?? "").isEmpty,
        columns: terminalWidth)

    private static func write(_ bytes: [UInt8], to descriptor: Int32) throws(OutputClosed) {
        var offset = 0
        while offset < bytes.count {
            let count = unsafe bytes[offset...].withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count >= 0 {
                offset += count
            } else if errno != EINTR {
                throw OutputClosed(code: errno)
            }
        }
    }

    private static var terminalWidth: Int {
        var size = winsize()
        let answer = unsafe ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size)
        return answer == 0 && size.ws_col > 0 ? Int(size.ws_col) : 80
    }
}
