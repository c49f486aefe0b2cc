import Testing

@testable import HoldfastStorage

@Suite("Where a file system says that a file has data")
struct ExtentTests {
    @Test(
        "is believed within the file, and where it says nothing all that follows is data",
        arguments: [
            (0, 10, 0..<10), (5, 200, 5..<100), (5, 5, 5..<100), (5, 0, 5..<100), (5, -1, 5..<100), (99, 100, 99..<100),
        ] as [(Int, Int, Range<Int>)])
    func bounded(start: Int, end: Int, extent: Range<Int>) {
        #expect(OwnedFile.extent(from: start, to: end, size: 100) == extent)
    }
}
