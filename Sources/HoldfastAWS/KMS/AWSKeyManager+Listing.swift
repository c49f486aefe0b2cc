import HoldfastFormat
package import HoldfastModel

extension AWSKeyManager {
    /// The symmetric CMKs of the account in every Region that is configured. A CMK that may be listed and not described is `denied`.
    package func list() async throws(KeyManagerError) -> [CMKDescription] {
        var descriptions: [CMKDescription] = []
        for region in regionsToList { descriptions += try await list(in: region) }
        return descriptions
    }

    private var regionsToList: [String] {
        let home = configuration.access.region
        return configuration.regions.contains(home) ? configuration.regions : [home] + configuration.regions
    }

    private func list(in region: String) async throws(KeyManagerError) -> [CMKDescription] {
        let client = try client(in: region)
        let keys = try await pages(.listKeys, "Keys", of: client)
        // Aliases only decorate: without the right to list them the keys are listed all the same.
        let aliases = (try? await pages(.listAliases, "Aliases", of: client)) ?? []
        var names: [String: String] = [:]
        for alias in aliases {
            guard case .string(let id) = alias["TargetKeyId"], case .string(let name) = alias["AliasName"] else { continue }
            names[id] = min(names[id] ?? name, name)
        }
        var descriptions: [CMKDescription] = []
        for key in keys {
            guard case .string(let text) = key["KeyArn"], let arn = KeyARN(text), isTrusted(arn.cmk) else { continue }
            let alias = names[arn.id]
            if let description = try await describeListed(arn, alias: alias) { descriptions.append(description) }
        }
        return descriptions
    }

    private func isTrusted(_ cmk: CMK) -> Bool {
        configuration.trusted.isEmpty || configuration.trusted.contains { $0.matches(cmk) }
    }

    /// Nil for what cannot wrap, and for what was deleted since it was listed.
    private func describeListed(_ arn: KeyARN, alias: String?) async throws(KeyManagerError) -> CMKDescription? {
        do throws(KeyManagerError) {
            let metadata = try await describeKey(arn)
            guard metadata.isSuitable else { return nil }
            return metadata.description.labelled(alias)
        } catch .denied {
            return CMKDescription(
                cmk: arn.cmk, state: .denied, label: alias ?? "", created: nil, deletionDate: nil, assurance: "hsm")
        } catch .notFound {
            return nil
        }
    }

    /// Far more than the 100,000 CMKs that AWS lets an account have in a Region come to, a hundred to a page.
    private static var mostPages: Int { 2000 }

    /// All elements of a list that comes in pages.
    private func pages(
        _ operation: KMSOperation, _ member: String, of client: KMSClient
    ) async throws(KeyManagerError) -> [JSONObject] {
        var (elements, marker): ([JSONObject], String?) = ([], nil)
        var markers: Set<String> = []
        repeat {
            var input: JSONObject = ["Limit": 100]
            if let marker { input.append("Marker", .string(marker)) }
            let answer = try await page(operation, input, of: client)
            do throws(JSONError) {
                elements += try answer.objects(member)
                let next = try answer.optional("NextMarker", answer.string)
                if let next, !markers.insert(next).inserted { throw .member("NextMarker", problem: "leads nowhere") }
                guard markers.count <= Self.mostPages else { throw .member("NextMarker", problem: "never comes to an end") }
                marker = try answer.optional("Truncated", answer.bool) ?? false ? next : nil
            } catch {
                throw .unreachable("AWS KMS in \(client.region)", detail: "its list is not understood: \(error)")
            }
        } while marker != nil
        return elements
    }

    /// A denial is silence here: it says nothing of any CMK.
    private func page(
        _ operation: KMSOperation, _ input: JSONObject, of client: KMSClient
    ) async throws(KeyManagerError) -> JSONObject {
        do throws(KMSFailure) {
            return try await client.call(operation, input).members
        } catch {
            let detail =
                switch error {
                case .silence(let detail): detail
                case .fault(let fault): "it lists no keys (\(fault.text))"
                }
            throw .unreachable("AWS KMS in \(client.region)", detail: detail)
        }
    }
}

extension CMKDescription {
    /// With an alias in the place of a label that is missing.
    fileprivate func labelled(_ alias: String?) -> CMKDescription {
        guard label.isEmpty, let alias else { return self }
        return CMKDescription(
            cmk: cmk, state: state, label: alias, created: created, deletionDate: deletionDate, assurance: assurance,
            family: family)
    }
}
