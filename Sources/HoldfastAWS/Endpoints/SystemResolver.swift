import Dispatch
import Glibc

/// Looks names up as the rest of this machine does.
package struct SystemResolver: HostResolver {
    private static let queue = DispatchQueue(label: "holdfast.resolver", attributes: .concurrent)

    package init() {}

    package func addresses(of host: String) async throws(TransportError) -> [IPAddress] {
        let outcome = await withCheckedContinuation { continuation in
            Self.queue.async { continuation.resume(returning: Self.lookUp(host)) }
        }
        return try outcome.get()
    }

    private static func lookUp(_ host: String) -> Result<[IPAddress], TransportError> {
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var first: UnsafeMutablePointer<addrinfo>?
        let code = unsafe getaddrinfo(host, nil, &hints, &first)
        guard code == 0 else {
            return .failure(.unresolved(host, detail: unsafe String(cString: gai_strerror(code))))
        }
        defer { unsafe freeaddrinfo(first) }
        var addresses: [IPAddress] = []
        var next = unsafe first
        while let info = unsafe next {
            if let address = unsafe address(in: info.pointee) { addresses.append(address) }
            unsafe next = info.pointee.ai_next
        }
        return .success(addresses)
    }

    /// By way of its text: which module the members of `sockaddr_in` come from, Glibc or one of NIO's, depends on the order of the build.
    private static func address(in info: addrinfo) -> IPAddress? {
        var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
        let code = unsafe getnameinfo(
            info.ai_addr, info.ai_addrlen, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST)
        guard code == 0 else { return nil }
        let bytes = text.prefix { $0 != 0 && $0 != CChar(UInt8(ascii: "%")) }.map { UInt8(bitPattern: $0) }
        return IPAddress(String(decoding: bytes, as: UTF8.self))
    }
}
