import HoldfastFormat
import HoldfastModel

extension JSONObject {
    /// Adds a path of a snapshot as `path`, and where that is not UTF-8 its bytes as `path_b64`.
    mutating func append(path: [UInt8]) {
        append("path", .string(path.displayPath))
        if String(validating: path, as: UTF8.self) == nil { append("path_b64", .base64([UInt8(ascii: "/")] + path)) }
    }
}

extension JSONValue {
    /// What is wrong with a path, as in every `errors`.
    static func error(at path: [UInt8], _ message: String) -> JSONValue {
        var object = JSONObject()
        object.append(path: path)
        object.append("message", .string(message))
        return .object(object)
    }
}
