import CLibCrypto

extension [UInt8] {
    /// Overwrites bytes that were secret before they are given back, in a way that no optimiser leaves out. They must not be
    /// shared: a second holder would keep what this one wipes.
    package mutating func wipe() {
        unsafe withUnsafeMutableBufferPointer { unsafe OPENSSL_cleanse($0.baseAddress, $0.count) }
    }
}
