import CZstd

/// Compresses chunks with one reused zstd context; one for each worker, never shared.
@safe
package struct ZstdCompressor: ~Copyable, @unchecked Sendable {
    private let context: OpaquePointer

    /// Levels as zstd counts them, 1 to 19; 3 is the default.
    package init(level: Int = 3) {
        guard let context = unsafe ZSTD_createCCtx() else { preconditionFailure("zstd: no memory for a context") }
        unsafe self.context = context
        unsafe _ = ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, Int32(level))
    }

    deinit { unsafe _ = ZSTD_freeCCtx(context) }

    /// One zstd frame of `input` at the front of `scratch`, which grows as needed and never shrinks; its length, or nil where that would
    /// not be less than the input's.
    package func compress(_ input: Span<UInt8>, into scratch: inout [UInt8]) -> Int? {
        guard input.count > 1 else { return nil }
        if scratch.count < input.count { scratch = [UInt8](repeating: 0, count: input.count) }
        let limit = input.count - 1
        let written = unsafe scratch.withUnsafeMutableBufferPointer { output in
            unsafe input.withUnsafeBufferPointer { input in
                unsafe ZSTD_compress2(context, output.baseAddress, limit, input.baseAddress, input.count)
            }
        }
        // The only error here is "does not fit", which is the answer: it does not shrink.
        return ZSTD_isError(written) == 0 ? written : nil
    }
}

/// Decompresses chunks with one reused zstd context; one for each worker, never shared.
@safe
package struct ZstdDecompressor: ~Copyable, @unchecked Sendable {
    private let context: OpaquePointer

    package init() {
        guard let context = unsafe ZSTD_createDCtx() else { preconditionFailure("zstd: no memory for a context") }
        unsafe self.context = context
    }

    deinit { unsafe _ = ZSTD_freeDCtx(context) }

    /// Exactly `byteCount` bytes out of one frame: a frame that would give more or fewer is malformed, so no bomb can grow.
    package func decompress(_ frame: Span<UInt8>, byteCount: Int) throws(FormatError) -> [UInt8] {
        var output: [UInt8] = []
        try decompress(frame, byteCount: byteCount, into: &output)
        return output
    }

    /// The same, at the front of `scratch`, which grows as needed and never shrinks.
    package func decompress(_ frame: Span<UInt8>, byteCount: Int, into scratch: inout [UInt8]) throws(FormatError) {
        if scratch.count < byteCount { scratch = [UInt8](repeating: 0, count: byteCount) }
        let written = unsafe scratch.withUnsafeMutableBufferPointer { output in
            unsafe frame.withUnsafeBufferPointer { frame in
                unsafe ZSTD_decompressDCtx(context, output.baseAddress, byteCount, frame.baseAddress, frame.count)
            }
        }
        guard ZSTD_isError(written) == 0, written == byteCount else { throw .malformed("a chunk's zstd frame") }
    }
}
