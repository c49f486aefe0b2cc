/// The 512 bytes of one ustar header (POSIX.1-1988). What is too long is cut off: a pax header has it whole.
struct TarBlock {
    static let longestAccount = 31

    let name: [UInt8]
    let type: UInt8
    let size: UInt64
    var mode: UInt64 = 0o644
    var uid: UInt64 = 0
    var gid: UInt64 = 0
    /// Since 1970.
    var seconds: UInt64 = 0
    var linkName: [UInt8] = []
    var owner: [UInt8] = []
    var group: [UInt8] = []
    var device: (major: UInt64, minor: UInt64) = (0, 0)

    init(name: [UInt8], type: UInt8, size: UInt64) {
        self.name = name
        self.type = type
        self.size = size
    }

    func encoded() -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(TarHeader.blockByteCount)
        bytes.appendField(name, 100)
        for (number, width) in [(mode, 8), (uid, 8), (gid, 8), (size, 12), (seconds, 12)] { bytes.appendOctal(number, width) }
        let sumStart = bytes.count
        bytes += [UInt8](repeating: UInt8(ascii: " "), count: 8)
        bytes.append(type)
        bytes.appendField(linkName, 100)
        bytes += Array("ustar\0".utf8) + Array("00".utf8)
        bytes.appendField(Array(owner.prefix(Self.longestAccount)), 32)
        bytes.appendField(Array(group.prefix(Self.longestAccount)), 32)
        bytes.appendOctal(device.major, 8)
        bytes.appendOctal(device.minor, 8)
        bytes.appendField([], TarHeader.blockByteCount - bytes.count)
        var sum: [UInt8] = []
        sum.appendOctal(bytes.reduce(0) { $0 + UInt64($1) }, 7)
        bytes.replaceSubrange(sumStart..<(sumStart + sum.count), with: sum)
        return bytes
    }
}

extension [UInt8] {
    /// Cut off at `width`, or filled up with zeros.
    fileprivate mutating func appendField(_ bytes: [UInt8], _ width: Int) {
        append(contentsOf: bytes.prefix(width))
        append(contentsOf: repeatElement(0, count: Swift.max(0, width - bytes.count)))
    }

    /// `width - 1` octal digits and a zero byte.
    fileprivate mutating func appendOctal(_ number: UInt64, _ width: Int) {
        let digits = String(number, radix: 8).utf8
        append(contentsOf: repeatElement(UInt8(ascii: "0"), count: Swift.max(0, width - 1 - digits.count)))
        append(contentsOf: digits.suffix(width - 1))
        append(0)
    }
}
