import HoldfastModel

/// An envelope as JSON (`docs/FORMAT.md`, section 5).
enum EnvelopeCodec {
    static func encode(_ envelope: Envelope) -> JSONObject {
        [
            "cmk": .string(envelope.cmk.uri),
            "version": envelope.version.map(JSONValue.string) ?? .null,
            "access": envelope.access.map(JSONValue.string) ?? .null,
            "wrapped": .base64(envelope.wrapped),
            "created": .text(envelope.created),
            "request_id": envelope.requestID.map(JSONValue.string) ?? .null,
        ]
    }

    static func decode(_ object: JSONObject) throws(JSONError) -> Envelope {
        Envelope(
            cmk: try object.cmk("cmk"), version: try object.optional("version", object.string),
            access: try object.optional("access", object.string), wrapped: try object.base64("wrapped"),
            created: try object.time("created"), requestID: try object.optional("request_id", object.string))
    }
}

extension JSONObject {
    func cmk(_ name: String) throws(JSONError) -> CMK {
        guard let cmk = CMK(try string(name)) else { throw .member(name, problem: "is not the URI of a CMK") }
        return cmk
    }
}
