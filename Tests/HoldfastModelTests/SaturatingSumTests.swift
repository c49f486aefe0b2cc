import HoldfastModel
import Testing

@Suite("Sums of what others wrote down")
struct SaturatingSumTests {
    @Test("end at the greatest number there is")
    func saturates() {
        #expect(UInt64.max.addingSaturated(1) == .max && (UInt64.max - 1).addingSaturated(1) == .max)
        #expect([Int.max, 1, Int.max].saturatedSum == .max && [1, 2, 3].saturatedSum == 6 && [Int]().saturatedSum == 0)
    }

    @Test("of a listing's sizes too")
    func listing() {
        let object = StoredObject(name: .repository, byteCount: .max, modified: Timestamp(seconds: 0))
        #expect([object, object].byteCount == .max && [object].byteCount == .max)
    }
}
