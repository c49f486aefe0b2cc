import CPosix

/// Keeps freed memory from staying with the process: big buffers are mapped one by one and go back to the system, and few arenas
/// leave little to fragment.
enum AllocatorLimits {
    private static let arenaCount: Int32 = 4
    /// From this size on, in bytes, a buffer has a mapping of its own.
    private static let mappedByteCount: Int32 = 1 << 20
    /// So much that is free may stay, in bytes: given back at every chance it would be asked for again at the next.
    private static let keptByteCount: Int32 = 64 << 20

    /// Before any other thread is started.
    static func apply() {
        // A C library that does not know a setting only uses more memory.
        _ = mallopt(M_ARENA_MAX, arenaCount)
        _ = mallopt(M_MMAP_THRESHOLD, mappedByteCount)
        _ = mallopt(M_TRIM_THRESHOLD, keptByteCount)
    }
}
