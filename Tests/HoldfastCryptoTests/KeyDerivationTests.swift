import HoldfastCrypto
import HoldfastModel
import Testing

struct HKDFCase: Decodable, Sendable, CustomTestStringConvertible {
    let tcId: Int
    let comment: String
    let ikm, salt, info, okm: HexBytes
    let size: Int
    let result: Verdict

    var testDescription: String { "\(tcId) \(comment)" }

    static func all(_ verdict: Verdict) throws -> [Self] {
        try VectorFile<Self>.cases("hkdf_sha256_test").filter { $0.result == verdict }
    }
}

@Suite("Keys from keys and from passphrases")
struct KeyDerivationTests {
    @Test("HKDF gives the published output", arguments: try HKDFCase.all(.valid))
    func wycheproof(vector: HKDFCase) {
        let output = KeyDerivation.derive(
            from: vector.ikm.bytes.span, salt: vector.salt.bytes.span, info: vector.info.bytes.span, count: vector.size)
        let outputMatches = holds(output, vector.okm.bytes)
        #expect(outputMatches)
    }

    @Test("more output than HKDF has stops the process: every invalid vector asks for it")
    func tooLong() async throws {
        #expect(try HKDFCase.all(.invalid).allSatisfy { $0.size == 8161 })
        await #expect(processExitsWith: .failure) {
            _ = KeyDerivation.derive(from: [1].span, salt: [2].span, info: [3].span, count: 8161)
        }
    }

    @Test(
        "RFC 5869, A.1 to A.3",
        arguments: [
            (
                [UInt8](repeating: 0x0b, count: 22), [UInt8](0...12), [UInt8](0xf0...0xf9),
                "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"
            ),
            (
                [UInt8](0...0x4f), [UInt8](0x60...0xaf), [UInt8](0xb0...0xff),
                "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c"
                    + "59045a99cac7827271cb41c65e590e09da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87"
            ),
            (
                [UInt8](repeating: 0x0b, count: 22), [], [],
                "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"
            ),
        ] as [([UInt8], [UInt8], [UInt8], String)])
    func rfc5869(material: [UInt8], salt: [UInt8], info: [UInt8], answer: String) throws {
        let answer = try #require(Hex.decode(answer))
        let whole = KeyDerivation.derive(from: material.span, salt: salt.span, info: info.span, count: answer.count)
        let wholeMatches = holds(whole, answer)
        #expect(wholeMatches)
        let extracted = KeyDerivation.extract(salt: salt.span, from: material.span)
        let expanded = KeyDerivation.expand(extracted, info: info.span, count: answer.count)
        let expandedMatches = holds(expanded, answer)
        #expect(expandedMatches)
    }

    @Test(
        "RFC 7914, section 12",
        arguments: [
            (
                "", "", 16, 1, 1,
                "77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442"
                    + "fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906"
            ),
            (
                "password", "NaCl", 1024, 8, 16,
                "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162"
                    + "2eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640"
            ),
            (
                "pleaseletmein", "SodiumChloride", 16384, 8, 1,
                "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2"
                    + "d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887"
            ),
        ] as [(String, String, UInt64, UInt32, UInt32, String)])
    func rfc7914(passphrase: String, salt: String, n: UInt64, r: UInt32, p: UInt32, answer: String) throws {
        let output = try KeyDerivation.scrypt(
            passphrase: Array(passphrase.utf8).span, salt: Array(salt.utf8).span, cost: n, blockSize: r, parallelism: p, count: 64
        )
        let outputMatches = holds(output, try #require(Hex.decode(answer)))
        #expect(outputMatches)
    }

    @Test("scrypt with a cost that is no power of two, or needs over 1.1 GiB, is refused", arguments: [15, 1 << 21] as [UInt64])
    func scryptLimits(cost: UInt64) {
        #expect(throws: CryptoError.derivation) {
            _ = try KeyDerivation.scrypt(passphrase: [1].span, salt: [2].span, cost: cost, blockSize: 8, parallelism: 1)
        }
    }
}
