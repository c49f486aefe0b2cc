package import HoldfastModel

/// Entries as bytes: `varint length ‖ message`, one after another (`docs/FORMAT.md`, section 4).
package enum EntryCodec {
    package static let maximumEntryByteCount = 4 << 20
    package static let maximumPathByteCount = 64 << 10
    /// Of a file's references to lists: they fit an entry with the longest path, and without attributes and page map.
    package static let maximumListsByteCount = maximumEntryByteCount - maximumPathByteCount - (1 << 10)
    package static let maximumFileByteCount: UInt64 = 1 << 62
    /// Of an entry's length, before it.
    private static let maximumLengthByteCount = 4
    private static let lastKnownField: UInt64 = 21

    /// Throws `.limit`, and appends nothing, where no reader would take the entry.
    package static func append(_ entry: Entry, to bytes: inout [UInt8]) throws(FormatError) {
        let message = encode(entry)
        // With its length, so that a listing chunk that is just not full takes one more and still fits a chunk.
        guard message.count <= maximumEntryByteCount - maximumLengthByteCount else {
            throw .limit("a listing entry of \(message.count) bytes")
        }
        bytes.appendVarint(UInt64(message.count))
        bytes += message
    }

    private static func encode(_ entry: Entry) -> [UInt8] {
        var message: [UInt8] = []
        message.reserveCapacity(160 + entry.path.count)
        message.appendField(1, entry.path.span)
        message.appendField(2, UInt64(entry.kind.rawValue))
        message.appendField(3, UInt64(entry.mode))
        message.appendField(4, UInt64(entry.uid))
        message.appendField(5, UInt64(entry.gid))
        message.appendField(6, signed: entry.modified)
        message.appendField(7, signed: entry.changed)
        message.appendField(8, entry.inode)
        message.appendField(9, entry.device)
        message.appendField(10, entry.size)
        message.appendField(11, entry.linkTarget.span)
        message.appendField(12, entry.deviceNumber)
        for xattr in entry.xattrs { message.appendField(13, encode(xattr).span, evenIfEmpty: true) }
        message.appendField(14, entry.ownerName.span)
        message.appendField(15, entry.groupName.span)
        message.appendField(16, entry.linkCount)
        if case .refs(let refs) = entry.content { message.appendField(17, refs.span) }
        message.appendField(18, UInt64(entry.inodeFlags))
        message.appendField(19, entry.isRacy ? 1 : 0)
        message.appendField(20, entry.pageMap.span)
        if case .refLists(let lists) = entry.content { message.appendField(21, lists.span) }
        return message
    }

    private static func encode(_ xattr: ExtendedAttribute) -> [UInt8] {
        var message: [UInt8] = []
        message.appendField(1, xattr.name.span)
        switch xattr.value {
        case .inline(let value): message.appendField(2, value.span)
        case .ref(let reference): message.appendField(3, reference.span)
        }
        return message
    }

    /// Reads the entry at the reader's place; what its path may be, `checkPath` says.
    package static func decode(_ reader: inout WireReader, of bytes: [UInt8]) throws(FormatError) -> Entry {
        let length = try reader.varint()
        guard length <= maximumEntryByteCount else { throw .limit("a listing entry") }
        var fields = WireReader(bytes, try reader.run(of: length))
        var entry = Entry(path: [], kind: .file)
        var lastField: UInt64 = 0
        var hasKind = false
        while let field = try fields.next() {
            let number = field.number
            // Of those that only a later version knows, any may repeat.
            let isInOrder = number > lastField || (number == lastField && (number == 13 || number > lastKnownField))
            guard isInOrder else { throw .malformed("an entry's field order") }
            lastField = number
            hasKind = hasKind || number == 2
            try set(field, in: &entry, bytes)
        }
        guard hasKind else { throw .malformed("an entry without a type") }
        return entry
    }

    private static func set(_ field: WireReader.Field, in entry: inout Entry, _ bytes: [UInt8]) throws(FormatError) {
        switch field {
        case .number(2, let value): entry.kind = try kind(value)
        case .number(3, let value): entry.mode = try narrow(value)
        case .number(4, let value): entry.uid = try narrow(value)
        case .number(5, let value): entry.gid = try narrow(value)
        case .number(6, let value): entry.modified = value.zigzagDecoded
        case .number(7, let value): entry.changed = value.zigzagDecoded
        case .number(8, let value): entry.inode = value
        case .number(9, let value): entry.device = value
        case .number(10, let value): entry.size = value
        case .number(12, let value): entry.deviceNumber = value
        case .number(16, let value): entry.linkCount = value
        case .number(18, let value): entry.inodeFlags = try narrow(value)
        case .number(19, let value): entry.isRacy = value != 0
        case .bytes(1, let run): entry.path = Array(bytes[run])
        case .bytes(11, let run): entry.linkTarget = Array(bytes[run])
        case .bytes(13, let run): entry.xattrs.append(try xattr(WireReader(bytes, run), bytes))
        case .bytes(14, let run): entry.ownerName = Array(bytes[run])
        case .bytes(15, let run): entry.groupName = Array(bytes[run])
        case .bytes(17, let run): entry.content = .refs(Array(bytes[run]))
        case .bytes(20, let run): entry.pageMap = Array(bytes[run])
        case .bytes(21, let run):
            guard entry.content == .refs([]) else { throw .malformed("an entry with refs and ref lists") }
            entry.content = .refLists(Array(bytes[run]))
        case .number(let number, _), .bytes(let number, _):
            try field.requireSkippable()
            guard number > lastKnownField else { throw .malformed("an entry's field \(number)") }
        }
    }

    private static func xattr(_ reader: WireReader, _ bytes: [UInt8]) throws(FormatError) -> ExtendedAttribute {
        var reader = reader
        var name: [UInt8] = []
        var value: ExtendedAttribute.Value?
        while let field = try reader.next() {
            switch field {
            case .bytes(1, let run) where name.isEmpty: name = Array(bytes[run])
            case .bytes(2, let run) where value == nil: value = .inline(Array(bytes[run]))
            case .bytes(3, let run) where value == nil: value = .ref(Array(bytes[run]))
            default:
                try field.requireSkippable()
                guard field.number > 3 else { throw .malformed("an extended attribute") }
            }
        }
        guard !name.isEmpty, !name.contains(0) else { throw .malformed("an extended attribute's name") }
        return ExtendedAttribute(name: name, value: value ?? .inline([]))
    }

    /// Refuses what no file can be called, or what could lead out of a target. The root's own path is empty.
    static func checkPath(_ path: [UInt8]) throws(FormatError) {
        guard path.count <= maximumPathByteCount else { throw .limit("a path") }
        guard path.isEmpty || EntryPath.isSafe(path) else { throw .listingOrder("a path that no file can have") }
    }

    private static func kind(_ value: UInt64) throws(FormatError) -> Entry.Kind {
        guard let raw = UInt8(exactly: value), let kind = Entry.Kind(rawValue: raw) else {
            throw .malformed("an entry of type \(value)")
        }
        return kind
    }

    private static func narrow(_ value: UInt64) throws(FormatError) -> UInt32 {
        guard let narrow = UInt32(exactly: value) else { throw .malformed("an entry's number over 32 bits") }
        return narrow
    }
}
