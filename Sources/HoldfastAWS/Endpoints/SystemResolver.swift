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

    private static func address(in info: addrinfo) -> IPAddress? {
        guard let address = unsafe info.ai_addr else { return nil }
        switch unsafe info.ai_family {
        case AF_INET:
            return unsafe address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { pointer in
                unsafe withUnsafeBytes(of: pointer.pointee.sin_addr) { unsafe IPAddress(bytes: Array($0)) }
            }
        case AF_INET6:
            return unsafe address.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) { pointer in
                unsafe withUnsafeBytes(of: pointer.pointee.sin6_addr) { unsafe IPAddress(bytes: Array($0)) }
            }
        default: return nil
        }
    }
}
