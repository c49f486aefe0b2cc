import HoldfastCrypto
import HoldfastModel

// `#expect` takes apart the calls in it, and cannot hold a Span while it does: these take arrays.

func makeNonce(_ bytes: [UInt8]) -> Nonce? { Nonce(bytes: bytes.span) }

func hashed(_ message: [UInt8]) -> Digest { SHA256.hash(message.span) }

func holds(_ secret: borrowing Secret, _ bytes: [UInt8]) -> Bool { ConstantTime.equal(secret.bytes, bytes.span) }
