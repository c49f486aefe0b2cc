/// Padmé: lengths rounded up so that few different ones remain, at a cost of at most 12 % and usually far less
/// (Nikitin et al., "Reducing Metadata Leakage from Encrypted Files", PETS 2019).
package enum Padme {
    package static func padded(_ length: Int) -> Int {
        guard length > 1 else { return length }
        let exponent = Int.bitWidth - 1 - length.leadingZeroBitCount
        let significant = Int.bitWidth - exponent.leadingZeroBitCount
        let step = 1 << max(0, exponent - significant)
        return (length + step - 1) / step * step
    }
}
