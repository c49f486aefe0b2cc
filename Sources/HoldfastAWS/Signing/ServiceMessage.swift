/// What a service says of an error, as far as it may be shown.
enum ServiceMessage {
    /// AWS tells of a signature that does not fit by repeating the whole request below, session token and all: only the first line is
    /// for people. At most 300 characters.
    static func firstLine(of text: String) -> String {
        String((text.split(whereSeparator: \.isNewline).first ?? "").prefix(300))
    }
}
