import CLibCrypto

/// Comparison whose time does not tell where two secrets differ.
package enum ConstantTime {
    package static func equal(_ a: Span<UInt8>, _ b: Span<UInt8>) -> Bool {
        guard a.count == b.count else { return false }
        return unsafe a.withUnsafeBufferPointer { a in
            unsafe b.withUnsafeBufferPointer { b in
                guard let a = a.baseAddress, let base = b.baseAddress else { return true }
                return unsafe CRYPTO_memcmp(a, base, b.count) == 0
            }
        }
    }
}
