import CPosix
import Glibc

/// A name or path as the kernel takes it: raw bytes without a zero in them, not necessarily UTF-8.
struct FileName: Hashable, Sendable {
    let bytes: [UInt8]

    init(_ bytes: some Sequence<UInt8>) { self.bytes = Array(bytes) }
    init(_ text: String) { self.init(text.utf8) }

    /// The name as text, where it is UTF-8.
    var text: String? { String(validating: bytes, as: UTF8.self) }

    /// With the zero at its end that C wants. Throws EINVAL for a name that holds a zero: C would see only its start.
    func terminated() throws(PosixError) -> [CChar] {
        guard !bytes.contains(0) else { throw PosixError(code: EINVAL, operation: "name", path: description) }
        return bytes.map(CChar.init(bitPattern:)) + [0]
    }
}

extension FileName: ExpressibleByStringLiteral, CustomStringConvertible {
    init(stringLiteral text: String) { self.init(text) }

    var description: String { String(decoding: bytes, as: UTF8.self) }
}
