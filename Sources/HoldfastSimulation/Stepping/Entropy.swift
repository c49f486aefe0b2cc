import Glibc
import HoldfastTesting
import Synchronization

/// What the kernel's randomness is in a simulation: numbers from a seed, so that ids, keys and salts, and with them every order and every
/// name, are the same when a history is run again. The code that asks for randomness knows nothing of it.
enum Entropy {
    fileprivate static let source = Mutex<SeededRandom?>(nil)

    /// From here on, until the next seed.
    static func begin(seed: UInt64) { source.withLock { $0 = SeededRandom(seed: seed ^ 0x656E_7472_6F70_7921) } }
}

/// Stands in this program where the C library's function would: the linker prefers what is nearer. Before the first seed the kernel answers.
@_cdecl("getrandom")
func seededRandomness(_ buffer: UnsafeMutableRawPointer?, _ count: Int, _ flags: UInt32) -> Int {
    guard let buffer = unsafe buffer else { return 0 }
    let isFilled = Entropy.source.withLock { source in
        guard source != nil else { return false }
        for offset in 0..<count {
            guard let word = source?.next() else { return false }
            unsafe buffer.storeBytes(of: UInt8(truncatingIfNeeded: word >> 32), toByteOffset: offset, as: UInt8.self)
        }
        return true
    }
    if isFilled { return count }
    let most = min(count, 256)
    return unsafe getentropy(buffer, most) == 0 ? most : -1
}
