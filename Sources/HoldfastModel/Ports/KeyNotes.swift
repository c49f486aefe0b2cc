/// What a key manager tells of a CMK beside its state, for people: it may lag, and knows of this manager alone. No decision rests on it.
package struct KeyNotes: Hashable, Sendable {
    /// The last use that it noticed; nil where it noticed none, or does not tell.
    package var lastUsed: Timestamp?
    /// Whether it renews the CMK's material by itself, under the same name; nil where it does not tell.
    package var isRotatedAutomatically: Bool?
    /// The same and more as sentences without their full stop; what could not be had is one of them.
    package var lines: [String] = []

    package init() {}
}
