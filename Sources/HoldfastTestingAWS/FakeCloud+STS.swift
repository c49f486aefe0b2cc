import HoldfastModel

/// Roles are assumed here, if their trust says so.
extension FakeCloud {
    mutating func answerSTS(_ request: ObservedRequest, _ form: [String: String], _ requestID: String) -> FakeReply {
        do throws(FakeFault) {
            guard let action = form["Action"], form["Version"] == "2011-06-15" else {
                throw FakeFault("InvalidAction", "there is no such action")
            }
            switch action {
            case "AssumeRole": return try assumeRole(request, form, requestID)
            case "GetCallerIdentity":
                let arn = try SignatureCheck.verify(request, service: "sts", in: self).arn
                let text = "<R><GetCallerIdentityResult><Arn>\(arn)</Arn></GetCallerIdentityResult></R>"
                return .answer(status: 200, type: "text/xml", body: Array(text.utf8), requestID: requestID)
            case "AssumeRoleWithWebIdentity": return try assumeWithToken(request, form, requestID)
            default: throw FakeFault("InvalidAction", "\(action) is not served")
            }
        } catch {
            let names = ["ExpiredTokenException": "ExpiredToken", "UnrecognizedClientException": "InvalidClientTokenId"]
            return FakeFault(names[error.code] ?? error.code, error.message, status: 403).xml(requestID)
        }
    }

    private mutating func assumeRole(
        _ request: ObservedRequest, _ form: [String: String], _ requestID: String
    ) throws(FakeFault) -> FakeReply {
        let caller = try SignatureCheck.verify(request, service: "sts", in: self)
        let arn = form["RoleArn"] ?? ""
        guard let role = roles[arn], role.tokens.isEmpty, role.externalID == nil || role.externalID == form["ExternalId"] else {
            throw FakeFault(
                "AccessDenied", "User: \(caller.arn) is not authorized to perform: sts:AssumeRole on resource: \(arn)")
        }
        return issue(role, form, "AssumeRole", requestID)
    }

    private mutating func assumeWithToken(
        _ request: ObservedRequest, _ form: [String: String], _ requestID: String
    ) throws(FakeFault) -> FakeReply {
        guard request.header("Authorization") == nil else { throw FakeFault("InvalidAction", "this needs no signature") }
        guard let role = roles[form["RoleArn"] ?? ""], let token = form["WebIdentityToken"], role.tokens.contains(token) else {
            throw FakeFault("InvalidIdentityToken", "the token is not one that the role trusts")
        }
        return issue(role, form, "AssumeRoleWithWebIdentity", requestID)
    }

    private mutating func issue(_ role: Role, _ form: [String: String], _ action: String, _ requestID: String) -> FakeReply {
        let session = form["RoleSessionName"] ?? ""
        let arn = role.arn.replacing(":iam:", with: ":sts:").replacing(":role/", with: ":assumed-role/") + "/\(session)"
        let expires = now() + 3600
        let (id, secret, token) = issue(arn: arn, identity: role.arn, expires: expires)
        let text = """
            <\(action)Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><\(action)Result><AssumedRoleUser>
            <Arn>\(arn)</Arn></AssumedRoleUser><Credentials><AccessKeyId>\(id)</AccessKeyId>
            <SecretAccessKey>\(secret)</SecretAccessKey><SessionToken>\(token ?? "")</SessionToken>
            <Expiration>\(expires)</Expiration></Credentials></\(action)Result></\(action)Response>
            """
        return .answer(status: 200, type: "text/xml", body: Array(text.utf8), requestID: requestID)
    }
}
