import HoldfastModel
import Testing

@Suite struct AmountTests {
    @Test(
        "bytes are shown in the largest unit that they fill, to a tenth",
        arguments: [
            (0, "0 B"), (1, "1 B"), (1023, "1023 B"), (1024, "1 KiB"), (1536, "1.5 KiB"), (16 << 20, "16 MiB"),
            (1_610_612_736, "1.5 GiB"), ((1 << 20) - 1, "1 MiB"), (1_047_000, "1022.5 KiB"), (Int64.max, "8 EiB"),
            (-2048, "-2 KiB"),
            (Int64.min, "-8 EiB"),
        ] as [(Int64, String)])
    func shown(bytes: Int64, text: String) {
        #expect(ByteCount(bytes).description == text)
    }

    @Test(
        "a size is read with its unit",
        arguments: [("16 MiB", 16 << 20), ("1 B", 1), ("0 KiB", 0), ("7 EiB", 7 << 60)] as [(String, Int64)])
    func read(text: String, bytes: Int64) {
        #expect(ByteCount(text)?.bytes == bytes)
    }

    @Test(
        "what is no size is refused",
        arguments: ["", "16", "16MiB", "16 MB", "1.5 MiB", "-1 MiB", "16  MiB", "8 EiB", "99999999999999999999 B"])
    func refused(text: String) {
        #expect(ByteCount(text) == nil)
    }

    @Test("a rate is bytes by seconds, and unknown before any time has passed")
    func rates() {
        #expect(ByteCount(3 << 20).rate(over: 2) == "1.5 MiB/s")
        #expect(ByteCount(3 << 20).rate(over: 0) == "- B/s")
        #expect(ByteCount(.max).rate(over: 1e-9) == "- B/s")
        #expect(ByteCount(0).rate(over: .nan) == "- B/s")
    }

    @Test(
        "a time is shown as a clock, and in days from two of them on",
        arguments: [
            (0, "0:00"), (-5, "0:00"), (42, "0:42"), (3599, "59:59"), (3723, "1:02:03"), (172_799, "47:59:59"),
            (183_600, "2 d 3 h"),
        ] as [(Int64, String)])
    func elapsed(seconds: Int64, text: String) {
        #expect(ElapsedTime(seconds: seconds).description == text)
    }
}
