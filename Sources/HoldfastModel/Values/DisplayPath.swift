extension [UInt8] {
    /// A path from the root, without its leading slash, as people write it: with that, and with U+FFFD for what is not UTF-8.
    package var displayPath: String { "/" + String(decoding: self, as: UTF8.self) }
}
