import HoldfastFormat

/// Encodes what is to be written; throws `.unwritable` where nobody could read it again.
func writable<Answer>(
    _ object: @autoclosure () -> String, _ encode: () throws(FormatError) -> Answer
) throws(HoldfastError) -> Answer {
    do {
        return try encode()
    } catch {
        throw .unwritable(object(), detail: "\(error)")
    }
}
