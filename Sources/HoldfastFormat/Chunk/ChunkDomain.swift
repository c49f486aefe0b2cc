/// What a chunk is, as the first byte under its hash: a chunk of one domain never passes for one of another.
package enum ChunkDomain: UInt8, Sendable {
    /// A run of a file's bytes.
    case data = 0x44
    /// A run of listing entries.
    case listing = 0x4c
    /// The value of an extended attribute.
    case xattr = 0x58
    /// A run of packed references (field 21 of an entry).
    case referenceList = 0x52
    /// Hashes of a run of a file's pages (field 20 of an entry).
    case pageMap = 0x4d
}
