/// What happened in a history, in order, as one number; and in words where somebody wants to look.
struct Trace: Sendable {
    private(set) var sum: UInt64 = 0xcbf2_9ce4_8422_2325
    private let isShown: Bool

    init(isShown: Bool) { self.isShown = isShown }

    /// FNV-1a over the line.
    mutating func add(_ line: @autoclosure () -> String) {
        let line = line()
        for byte in line.utf8 { sum = (sum ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        if isShown { print(line) }
    }
}
