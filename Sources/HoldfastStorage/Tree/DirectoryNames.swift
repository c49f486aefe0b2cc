import CPosix
import Glibc

/// The names in one directory, held one after another in one buffer: a million of them take little more than their bytes.
@safe
struct DirectoryNames: Sendable {
    /// Each name ends with a zero byte, as C wants it.
    private var bytes: [UInt8] = []
    private var starts: [Int] = []

    var count: Int { starts.count }

    /// Reads a directory that is open for reading, from its start, without `.` and `..`. What was read before an error stays.
    mutating func read(_ descriptor: Int32, path: @autoclosure () -> String) throws(PosixError) {
        var block = [UInt8](repeating: 0, count: 32 << 10)
        while true {
            let answer = unsafe block.withUnsafeMutableBytes { buffer in
                Result<Int, PosixError> { () throws(PosixError) in
                    try posix("getdents", path()) { unsafe getdents64(descriptor, buffer.baseAddress, buffer.count) }
                }
            }
            let count = try answer.get()
            if count == 0 { return }
            unsafe block.withUnsafeBytes { unsafe appendNames(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
        }
    }

    mutating func append(_ name: some Collection<UInt8>) {
        starts.append(bytes.count)
        bytes.append(contentsOf: name)
        bytes.append(0)
    }

    mutating func removeAll(where isLeftOut: ([UInt8]) -> Bool) {
        let names = bytes
        starts.removeAll { isLeftOut(Array(Self.name(in: names, at: $0))) }
    }

    /// Sorts by bytes, which is `PathOrder` within one directory, and keeps one of each: a name that is given away while its directory is
    /// read may come twice.
    mutating func sort() {
        unsafe bytes.withUnsafeBytes { bytes in
            guard let names = unsafe bytes.assumingMemoryBound(to: CChar.self).baseAddress else { return }
            starts.sort { unsafe strcmp(names + $0, names + $1) < 0 }
            var kept: [Int] = []
            kept.reserveCapacity(starts.count)
            for start in starts {
                if let last = kept.last, unsafe strcmp(names + last, names + start) == 0 { continue }
                kept.append(start)
            }
            starts = kept
        }
    }

    subscript(index: Int) -> ArraySlice<UInt8> { Self.name(in: bytes, at: starts[index]) }

    /// Calls `body` with the name as C wants it.
    @safe func withCName<Answer>(_ index: Int, _ body: (UnsafePointer<CChar>) -> Answer) -> Answer {
        unsafe bytes[starts[index]...].withUnsafeBytes { rest in
            guard let name = unsafe rest.assumingMemoryBound(to: CChar.self).baseAddress else {
                preconditionFailure("every name ends with a zero byte")
            }
            return unsafe body(name)
        }
    }

    private static func name(in bytes: [UInt8], at start: Int) -> ArraySlice<UInt8> {
        bytes[start...].prefix { $0 != 0 }
    }

    /// Takes the names out of what `getdents64` wrote: records of inode (8), offset (8), length (2), type (1), name, zero.
    private mutating func appendNames(_ records: UnsafeRawBufferPointer) {
        var start = 0
        while start < records.count {
            let length = Int(unsafe records.loadUnaligned(fromByteOffset: start + 16, as: UInt16.self))
            let name = unsafe records[(start + 19)..<(start + length)].prefix { $0 != 0 }
            let isDots = unsafe name.count <= 2 && name.allSatisfy { $0 == UInt8(ascii: ".") }
            if !isDots { unsafe append(name) }
            start += length
        }
    }
}
