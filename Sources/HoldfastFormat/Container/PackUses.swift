import HoldfastModel

/// What a snapshot uses of each pack, as a field of its manifest's body: `live bytes ‖ written ‖ kept until` for every row of the pack
/// table, all varints (`docs/FORMAT.md`, section 2).
enum PackUses {
    /// `numbers` in the order of the pack table.
    static func encode(_ uses: [UInt32: PackUse], _ numbers: [UInt32]) -> [UInt8] {
        var bytes: [UInt8] = []
        for use in numbers.compactMap({ uses[$0] }) {
            bytes.appendVarint(UInt64(use.liveByteCount))
            bytes.appendVarint(UInt64(clamping: use.written.seconds))
            bytes.appendVarint(UInt64(clamping: use.keptUntil.seconds))
        }
        return bytes
    }

    /// Nil where they are left out or do not fit the table: a hint costs nobody a snapshot that can be read without it.
    static func decode(_ bytes: [UInt8], _ packs: [PackEntry], _ numbers: [Digest: UInt32]) -> [UInt32: PackUse]? {
        var reader = WireReader(bytes)
        var uses: [UInt32: PackUse] = [:]
        do throws(FormatError) {
            for pack in packs {
                let live = try reader.varint()
                let (written, keptUntil) = (try reader.varint(), try reader.varint())
                guard live <= UInt64(pack.byteCount), let number = numbers[pack.id] else { return nil }
                uses[number] = PackUse(
                    liveByteCount: Int(live), written: Timestamp(seconds: Int64(clamping: written)),
                    keptUntil: Timestamp(seconds: Int64(clamping: keptUntil)))
            }
        } catch {
            return nil
        }
        return reader.isAtEnd && !packs.isEmpty ? uses : nil
    }
}
