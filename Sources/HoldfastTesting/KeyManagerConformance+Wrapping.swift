import HoldfastModel

extension KeyManagerConformance {
    static let wrapping = [
        Sentence("a wrapped key opens again, and the envelope names its CMK") { subject in
            let cmk = try await subject.createCMK("a")
            let envelope = try await subject.wrap(under: cmk)
            try expect(envelope.cmk, is: cmk, "the envelope's CMK")
            try expect(await subject.unwrap(envelope), is: Subject.keyBytes, "what it opens to")
        },
        Sentence("the key does not stand in the envelope, and no two envelopes are alike") { subject in
            let cmk = try await subject.createCMK("a")
            let (one, other) = (try await subject.wrap(under: cmk), try await subject.wrap(under: cmk))
            try expect(one.wrapped == other.wrapped, is: false, "whether they are alike")
            let starts = one.wrapped.indices.contains { one.wrapped[$0...].starts(with: Subject.keyBytes.prefix(8)) }
            try expect(starts, is: false, "whether the key stands in it")
        },
        Sentence("an envelope opens under no context but its own") { subject in
            let envelope = try await subject.wrap(under: subject.createCMK("a"))
            for context in subject.otherContexts {
                try await expect(.incorrect(envelope.cmk), "under \(context.pairs)") { () throws(KeyManagerError) in
                    _ = try await subject.manager.unwrap(envelope, context: context)
                }
            }
        },
        Sentence("an envelope opens under no CMK but its own") { subject in
            let (cmk, other) = (try await subject.createCMK("a"), try await subject.createCMK("b"))
            let envelope = try await subject.wrap(under: cmk)
            try await expect(.incorrect(other), "under another") { () throws(KeyManagerError) in
                _ = try await subject.unwrap(Envelope(cmk: other, wrapped: envelope.wrapped, created: envelope.created))
            }
        },
        Sentence("an envelope that was changed, cut or extended does not open") { subject in
            let envelope = try await subject.wrap(under: subject.createCMK("a"))
            let whole = envelope.wrapped
            var changed = [[], Array(whole.dropLast()), Array(whole.dropFirst()), whole + [0]]
            for index in stride(from: 0, to: whole.count, by: subject.isSlow ? 17 : 1) {
                changed.append(whole)
                changed[changed.count - 1][index] ^= 1
            }
            for wrapped in changed {
                try await expect(.incorrect(envelope.cmk), "a changed one") { () throws(KeyManagerError) in
                    _ = try await subject.unwrap(Envelope(cmk: envelope.cmk, wrapped: wrapped, created: envelope.created))
                }
            }
        },
        Sentence("many wrap and unwrap at once, and each gets its own") { subject in
            let cmk = try await subject.createCMK("a")
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<16 as Range<UInt8> {
                    group.addTask {
                        let bytes = [UInt8](repeating: number, count: 32)
                        let context = subject.context(snapshot: number)
                        let envelope = try await subject.manager.wrap(
                            Secret(copying: bytes.span), under: cmk, context: context)
                        let key = try await subject.manager.unwrap(envelope, context: context)
                        try expect(key.bytes.indices.map { key.bytes[$0] }, is: bytes, "what number \(number) opens to")
                    }
                }
                try await group.waitForAll()
            }
        },
    ]
}
