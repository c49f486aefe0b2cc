import HoldfastModel
import Testing

@Suite("An envelope")
struct EnvelopeTests {
    @Test(
        "is one that records and headers have room for, or is not to be written",
        arguments: [
            (1, 1024, true), (16 << 10, 0, true), (0, 0, false), ((16 << 10) + 1, 0, false), (1, 1025, false),
        ])
    func size(wrapped: Int, remark: Int, isWritable: Bool) throws {
        let cmk = try #require(CMK("fake:1"))
        let (bytes, text) = ([UInt8](repeating: 1, count: wrapped), String(repeating: "x", count: remark))
        let time = Timestamp(seconds: 0)
        let envelopes = [
            Envelope(cmk: cmk, version: text, wrapped: bytes, created: time),
            Envelope(cmk: cmk, access: text, wrapped: bytes, created: time),
            Envelope(cmk: cmk, wrapped: bytes, created: time, requestID: text),
        ]
        #expect(envelopes.allSatisfy { $0.isWritable == isWritable })
    }
}
