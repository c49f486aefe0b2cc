import HoldfastModel
import HoldfastStorage
import HoldfastTesting
import Synchronization
import Testing

@testable import Holdfast

@Suite struct RestorePlanTests {
    @Test("blocks of zeros are left out, by their place in the file") func dataRuns() {
        func runs(_ bytes: [UInt8], at offset: Int) -> [Range<Int>] { DataRuns.find(in: bytes.span, at: offset) }
        let (zeros, ones) = ([UInt8](repeating: 0, count: 4096), [UInt8](repeating: 1, count: 4096))
        #expect(runs([], at: 0) == [])
        #expect(runs(zeros, at: 0) == [] && runs(zeros, at: 8192) == [])
        #expect(runs(zeros, at: 1) == [0..<4096])
        #expect(runs(ones + zeros + ones, at: 0) == [0..<4096, 8192..<12288])
        #expect(runs(zeros + ones[..<10], at: 0) == [4096..<4106])
        #expect(runs(ones[..<10] + zeros + zeros, at: 0) == [0..<4096, 8192..<8202])
        #expect(runs(ones + ones + [0], at: 4096) == [0..<8193])
    }
}
