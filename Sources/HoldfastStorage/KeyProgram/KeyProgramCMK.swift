import HoldfastModel

/// The two halves of `exec:<program>/<key>`: the name that the project file gives a program, and what that calls its key.
struct KeyProgramCMK: Hashable, Sendable {
    static let scheme = "exec"

    let program: String
    let key: String
    let cmk: CMK

    /// Nil for a URI of another scheme or form.
    init?(_ cmk: CMK) {
        guard cmk.scheme == Self.scheme, let slash = cmk.name.firstIndex(of: "/") else { return nil }
        self.init(program: String(cmk.name[..<slash]), key: String(cmk.name[slash...].dropFirst()))
    }

    /// Nil where a half has characters that no URI of ours takes, or is empty.
    init?(program: String, key: String) {
        guard Self.isProgramName(program), !key.isEmpty, let cmk = CMK("\(Self.scheme):\(program)/\(key)") else { return nil }
        (self.program, self.key, self.cmk) = (program, key, cmk)
    }

    /// Letters, digits, `-` and `_`, up to 64 of them.
    static func isProgramName(_ name: String) -> Bool {
        (1...64).contains(name.utf8.count)
            && name.unicodeScalars.allSatisfy {
                $0.isASCII && ($0.properties.isAlphabetic || ("0"..."9").contains($0) || $0 == "-" || $0 == "_")
            }
    }
}
