import HoldfastCrypto
package import HoldfastModel

/// What a passphrase must be at creation, and one made by us.
package enum PassphraseRules {
    /// In Unicode scalars.
    package static let minimumCharacterCount = 12

    /// Eighteen consonants that are told apart by ear and eye, and five vowels: 90 syllables.
    private static let consonants = Array("bdfghjklmnprstvwyz".utf8)
    private static let vowels = Array("aeiou".utf8)
    private static let wordCount = 6
    private static let syllablesPerWord = 2

    /// Six words of two open syllables, such as `bako-zuli-…`: 90^12 of them, 77.9 bits.
    ///
    /// Made of syllables, since a list of 7,776 words would say no more and has to be carried along.
    package static func generate() -> Secret {
        let byteCount = wordCount * (2 * syllablesPerWord + 1) - 1
        return Secret(count: byteCount) { bytes in
            for word in 0..<wordCount {
                let start = word * (2 * syllablesPerWord + 1)
                if word > 0 { bytes[start - 1] = UInt8(ascii: "-") }
                for syllable in 0..<syllablesPerWord {
                    let number = drawSyllable()
                    bytes[start + 2 * syllable] = consonants[number / vowels.count]
                    bytes[start + 2 * syllable + 1] = vowels[number % vowels.count]
                }
            }
        }
    }

    /// The same as text, to be shown to a person once.
    package static func generateText() -> String {
        let words = generate()
        return String(decoding: words.bytes.indices.map { words.bytes[$0] }, as: UTF8.self)
    }

    /// A number below 90, each as likely as the other: bytes from 180 on are drawn again.
    private static func drawSyllable() -> Int {
        let count = consonants.count * vowels.count
        while true {
            let byte = Int(Random.bytes(1)[0])
            if byte < 2 * count { return byte % count }
        }
    }

    static func refuseShort(_ passphrase: borrowing Secret) throws(KeyManagerError) {
        let count = characterCount(passphrase)
        guard count >= minimumCharacterCount else {
            throw .passphrase(
                "local keyring", detail: "a passphrase has at least \(minimumCharacterCount) characters, this one has \(count)")
        }
    }

    /// Counts all bytes but UTF-8's continuations, without making a string that could not be wiped.
    private static func characterCount(_ passphrase: borrowing Secret) -> Int {
        let bytes = passphrase.bytes
        return bytes.indices.count { bytes[$0] & 0xc0 != 0x80 }
    }
}
