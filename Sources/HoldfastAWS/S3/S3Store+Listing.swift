package import HoldfastModel
import NIOHTTP1

/// Names that the layout does not know are passed over.
extension S3Store {
    package func list(_ prefix: ObjectPrefix) async throws(StoreError) -> [StoredObject] {
        switch prefix {
        case .snapshots, .packs: Self.sorted(try await fannedOut(ListQuery(prefix: prefix.text)).objects)
        case .keys, .snapshot, .checkpoints, .purges: Self.sorted(try await rest(ListQuery(prefix: prefix.text)).objects)
        }
    }

    package func listPackOwners() async throws(StoreError) -> [SnapshotID] {
        let page = try await fannedOut(ListQuery(prefix: "packs/", isFolded: true))
        return Set(page.folders.compactMap { SnapshotID($0.dropFirst("packs/".count).dropLast()) }).sorted()
    }

    /// All pages of what is named by random hex digits: where one page is not enough, sixteen listings at once, each from where that page
    /// ended.
    private func fannedOut(_ query: ListQuery) async throws(StoreError) -> ListPage {
        var all = try await page(query)
        guard let next = all.next else { return all }
        guard let last = all.lastKey else {
            // A page may be empty and yet not the last.
            return try await rest(ListQuery(prefix: query.prefix, token: next, isFolded: query.isFolded))
        }
        let listings = "0123456789abcdef".compactMap { digit -> ListQuery? in
            let prefix = query.prefix + String(digit)
            guard last < prefix || last.hasPrefix(prefix) else { return nil }
            return ListQuery(prefix: prefix, after: last.hasPrefix(prefix) ? last : nil, isFolded: query.isFolded)
        }
        try await concurrently(listings, atMost: listings.count) { query throws(StoreError) in
            try await rest(query)
        } take: { page in
            all.objects += page.objects
            all.folders += page.folders
        }
        return all
    }

    /// All pages from the query's on as one, one after the other.
    private func rest(_ query: ListQuery) async throws(StoreError) -> ListPage {
        var query = query
        var all = ListPage()
        var (last, emptyPages): (String?, Int) = (nil, 0)
        while true {
            let page = try await page(query)
            all.objects += page.objects
            all.folders += page.folders
            guard let next = page.next else { return all }
            // Keys ascend from page to page; a page may be empty, but not all of them for ever.
            let isAhead = page.lastKey.map { $0 > last ?? "" }
            emptyPages = isAhead == nil ? emptyPages + 1 : 0
            guard isAhead != false, emptyPages <= Self.mostEmptyPages else {
                throw .unavailable("\(address)", detail: "its listing of \(query.prefix) does not end")
            }
            last = page.lastKey ?? last
            query.token = next
        }
    }

    /// So many pages in a row may have nothing on them, each for at most a thousand keys that were deleted.
    private static var mostEmptyPages: Int { 1000 }

    private func page(_ query: ListQuery) async throws(StoreError) -> ListPage {
        var items: [HTTPRequest.QueryItem] = [
            .init("list-type", "2"), .init("encoding-type", "url"), .init("prefix", address.prefix + query.prefix),
        ]
        if query.isFolded { items.append(.init("delimiter", "/")) }
        if let token = query.token { items.append(.init("continuation-token", token)) }
        if let after = query.after, query.token == nil { items.append(.init("start-after", address.prefix + after)) }
        let response: HTTPResponse
        do throws(S3Failure) {
            response = try await client.send(client.bucket.request(.get, query: items))
        } catch {
            throw storeError(error, .listBucket, nil)
        }
        do throws(ListPage.Problem) {
            return try ListPage(response.body, under: address.prefix)
        } catch {
            throw .unavailable("\(address)", detail: "what it lists under \(query.prefix) cannot be read: \(error.text)")
        }
    }

    /// By name, each once.
    private static func sorted(_ objects: [StoredObject]) -> [StoredObject] {
        var sorted: [StoredObject] = []
        sorted.reserveCapacity(objects.count)
        for object in objects.sorted(by: { $0.name < $1.name }) where sorted.last?.name != object.name { sorted.append(object) }
        return sorted
    }
}

/// What is asked for in a listing, relative to the repository's own prefix.
private struct ListQuery: Sendable {
    let prefix: String
    /// The key after which it begins.
    var after: String?
    /// Where an earlier page said that the next begins.
    var token: String?
    /// Whether what lies below the next slash comes as one.
    var isFolded = false
}
