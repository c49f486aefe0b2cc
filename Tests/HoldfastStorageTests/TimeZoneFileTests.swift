import Testing

@testable import HoldfastStorage

@Suite("A compiled time zone")
struct TimeZoneFileTests {
    @Test("of a version that there is not is none", arguments: [1, 0x2f, 0x30, 0x31, 0xff] as [UInt8])
    func version(byte: UInt8) {
        let header = Array("TZif".utf8) + [byte] + [UInt8](repeating: 0, count: 39)
        #expect(TimeZoneFile(header + header) == nil)
    }
}
