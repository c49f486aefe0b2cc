import HoldfastFormat
import HoldfastModel
import HoldfastStorage

/// What an unchanged entry refers to in packs that this snapshot does not refer to is stored anew: bytes as they are read again from the
/// file, lists and attributes out of the base.
extension FileWriter {
    /// Why the file does not give what is stored of it.
    enum Unfit: Error {
        /// It changed since the walk saw it.
        case changed
        /// Nothing says that it changed, and it reads differently.
        case differs
    }

    /// The base's entry with references to packs that may be referred to. A file that cannot be read now, or that reads differently though
    /// nothing says that it changed, keeps the references that it has: it is as well stored as in the base.
    func rewrite(
        _ entry: Entry, of base: OpenedSnapshot, in directory: FileIdentity?
    ) async throws(HoldfastError) -> Outcome {
        let known = BaseComparison.Known(entry: entry, snapshot: base)
        do {
            guard entry.pageMap.isEmpty else { return try await comparedWithMap(entry, since: known) }
            var rewritten = entry
            rewritten.xattrs = try await rewrittenXattrs(of: entry, base)
            rewritten.content = try await rewrittenContent(of: entry, base)
            return Outcome(entry: rewritten, problems: [])
        } catch Unfit.changed {
            return try await store(entry, FileReading(since: known, in: directory))
        } catch Unfit.differs {
            progress.differs(entry)
        } catch is SourceProblem {
            // No problem of this snapshot: an unchanged file need not be readable.
        } catch HoldfastError.unwritable {
            // In fewer parts, as it is stored, it can be listed.
        } catch let error as HoldfastError where error.isUnreadable {
            // What cannot be read of the base stays as it is, and is `check`'s to tell.
        } catch let error as HoldfastError {
            throw error
        } catch {
            throw .interrupted
        }
        _ = try await chunks.registry.markUsed(entry, of: base, isForced: true)
        return Outcome(entry: entry, problems: [])
    }

    /// A database's file is read as one that changed is: its map tells which pages are as they were stored, and is made anew with the
    /// references. Were the old one kept, it would vouch for bytes that nobody has compared.
    private func comparedWithMap(_ entry: Entry, since known: BaseComparison.Known) async throws -> Outcome {
        let outcome = try await read(entry, FileReading(since: known, in: nil))
        guard !outcome.isChangedWhileRead else { throw Unfit.changed }
        return outcome
    }

    private func rewrittenXattrs(
        of entry: Entry, _ base: OpenedSnapshot
    ) async throws(HoldfastError) -> [ExtendedAttribute] {
        var xattrs = entry.xattrs
        for index in xattrs.indices {
            guard case .ref(let packed) = xattrs[index].value else { continue }
            var references = try base.references(packed, of: entry)
            for place in references.indices where !chunks.registry.mayRefer(to: references[place].packNumber) {
                let value = try await base.read(references[place], domain: .xattr, with: base.makeOpener())
                references[place] = try await chunks.store(value, value.indices, domain: .xattr)
            }
            _ = chunks.registry.markUsed(references)
            xattrs[index].value = .ref(ChunkReferences.encode(references))
        }
        return xattrs
    }

    private func rewrittenContent(of entry: Entry, _ base: OpenedSnapshot) async throws -> FileContent {
        var rewriting = ContentRewriting(of: entry, by: self)
        var failure: (any Error)?
        try await base.forEachReference(of: entry, with: base.makeOpener()) { reference throws(HoldfastError) in
            guard failure == nil else { return }
            do { try await rewriting.add(reference) } catch { failure = error }
        }
        if let failure { throw failure }
        return try await rewriting.finish()
    }

    /// Stores the bytes of `range` as they are read from the file now. Throws `.changed` where it is not what the walk saw.
    func storeAgain(_ range: Range<Int>, of entry: Entry) async throws -> [ChunkReference] {
        let part = FilePart(file: try SourceFile(opening: entry), range: range)
        let windows = windows.large
        var batches = BatchCutter(cutter, window: await windows.take(), limit: range.upperBound)
        let stored: Result<[ChunkReference], any Error>
        do {
            let references = try await store(&batches, of: part)
            stored = .success(references)
        } catch {
            stored = .failure(error)
        }
        windows.give(batches.takeWindow())
        let references = try stored.get()
        guard BaseComparison.isSameFile(try part.file.restat(), entry) else { throw Unfit.changed }
        return references
    }

    private func store(_ batches: inout BatchCutter, of part: borrowing FilePart) async throws -> [ChunkReference] {
        var references: [ChunkReference] = []
        while let batch = try batches.next(from: part) {
            progress.reread(byteCount: batch.byteCount)
            references += try await store(batches.window, batch)
        }
        return references
    }
}

/// A part of a file as if it were data throughout, and all else a hole.
private struct FilePart: ByteSource, ~Copyable {
    let file: SourceFile
    let range: Range<Int>

    var path: [UInt8] { file.path }

    func nextExtent(from offset: Int) -> Range<Int>? {
        offset < range.upperBound ? max(offset, range.lowerBound)..<range.upperBound : nil
    }

    func read(into bytes: inout MutableSpan<UInt8>, at offset: Int) throws(SourceProblem) -> Int {
        try file.read(into: &bytes, at: offset)
    }
}
