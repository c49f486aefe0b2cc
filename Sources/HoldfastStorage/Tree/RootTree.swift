/// The paths that a walk starts from, as a tree of their components: overlapping and repeated ones fall together.
struct RootTree {
    private(set) var isRoot = false
    private(set) var children: [[UInt8]: RootTree] = [:]

    /// - Parameter roots: absolute paths; `.`, `..` and repeated slashes are resolved by the text alone.
    init(_ roots: [[UInt8]]) {
        for root in roots { insert(Self.components(root)[...]) }
    }

    private init() {}

    private mutating func insert(_ components: ArraySlice<[UInt8]>) {
        guard let first = components.first else {
            isRoot = true
            return
        }
        children[first, default: RootTree()].insert(components.dropFirst())
    }

    private static func components(_ path: [UInt8]) -> [[UInt8]] {
        let dot = UInt8(ascii: ".")
        return path.split(separator: UInt8(ascii: "/")).reduce(into: []) { components, component in
            switch Array(component) {
            case [dot]: break
            case [dot, dot]: _ = components.popLast()
            case let name: components.append(name)
            }
        }
    }

    /// The paths of all roots here and below, given the path of this place.
    func paths(from path: [UInt8]) -> [[UInt8]] {
        let below = children.flatMap { name, tree in tree.paths(from: path.appending(name)) }
        return (isRoot ? [path] : []) + below.sorted(by: { $0.lexicographicallyPrecedes($1) })
    }
}

extension [UInt8] {
    /// This path with one more component.
    func appending(_ name: some Collection<UInt8>) -> [UInt8] {
        var path: [UInt8] = []
        path.reserveCapacity(count + 1 + name.count)
        path += self
        if !isEmpty { path.append(UInt8(ascii: "/")) }
        path += name
        return path
    }
}
