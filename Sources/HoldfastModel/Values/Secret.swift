import Glibc

/// Bytes that must not leak: a page of their own, locked, kept out of core dumps and children, wiped when they go.
///
/// It cannot be copied, printed or encoded. Locking may fail under a small RLIMIT_MEMLOCK; the bytes are then still wiped
/// and kept out of dumps. Honest limit: nothing protects them from root on the live host (`docs/SECURITY.md`).
@safe
package struct Secret: ~Copyable, @unchecked Sendable {
    private let base: UnsafeMutablePointer<UInt8>
    private let mappedByteCount: Int
    package let count: Int

    /// `count` zero bytes.
    package init(zeroed count: Int) {
        let page = 4096
        mappedByteCount = max(page, (count + page - 1) / page * page)
        self.count = count
        let address = unsafe mmap(nil, mappedByteCount, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        guard let address = unsafe address, unsafe address != MAP_FAILED else {
            preconditionFailure("no memory for a secret of \(count) bytes")
        }
        _ = unsafe mlock(address, mappedByteCount)
        _ = unsafe madvise(address, mappedByteCount, MADV_DONTDUMP)
        _ = unsafe madvise(address, mappedByteCount, MADV_WIPEONFORK)
        unsafe self.base = address.bindMemory(to: UInt8.self, capacity: mappedByteCount)
    }

    /// `count` bytes as `fill` writes them.
    package init(count: Int, _ fill: (inout MutableSpan<UInt8>) -> Void) {
        self.init(zeroed: count)
        update(fill)
    }

    /// Copies `bytes`; wiping those is the caller's to do.
    package init(copying bytes: Span<UInt8>) {
        self.init(count: bytes.count) { $0.copy(bytes) }
    }

    deinit {
        unsafe explicit_bzero(base, mappedByteCount)
        unsafe munmap(base, mappedByteCount)
    }

    package var bytes: Span<UInt8> {
        @_lifetime(borrow self)
        get { unsafe _overrideLifetime(Span(_unsafeStart: base, count: count), borrowing: self) }
    }

    /// Lends the bytes for writing.
    package mutating func update(_ change: (inout MutableSpan<UInt8>) -> Void) {
        var bytes = unsafe MutableSpan(_unsafeStart: base, count: count)
        change(&bytes)
    }
}
