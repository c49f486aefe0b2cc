import Glibc

/// libFuzzer with the parser that `HOLDFAST_FUZZ` names; takes libFuzzer's arguments.
@main
struct HoldfastFuzz {
    private static let target: FuzzTarget? = unsafe getenv("HOLDFAST_FUZZ").flatMap {
        FuzzTarget(rawValue: unsafe String(cString: $0))
    }

    static func main() {
        guard target != nil else {
            fatalError("HOLDFAST_FUZZ must be one of \(FuzzTarget.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        var (count, words) = unsafe (CommandLine.argc, Optional(CommandLine.unsafeArgv))
        exit(
            unsafe runDriver(&count, &words) { bytes, count in
                unsafe HoldfastFuzz.target?.run(Array(UnsafeBufferPointer(start: bytes, count: count)))
                return 0
            })
    }
}

/// Runs what it is given on input after input. It has no header: https://llvm.org/docs/LibFuzzer.html#using-libfuzzer-as-a-library
@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
    _ count: UnsafeMutablePointer<CInt>,
    _ words: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>,
    _ run: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt
