/// What a shell makes of a variable that is not set, as in `--target "$DIRECTORY"`: as a path it would be the working directory.
enum EmptyArgument {
    /// Refuses any, but of a command that is backed up.
    static func refuse(in arguments: [String]) throws(Failure) {
        let options = arguments.prefix { $0 != "--" }
        let checked = options.contains("--from-command") ? options : arguments[...]
        for (index, argument) in checked.enumerated() {
            if argument.isEmpty { throw failure(index == 0 ? "holdfast" : arguments[index - 1]) }
            if index < options.count, argument.hasPrefix("-"), argument.firstIndex(of: "=") == argument.lastIndex(of: "="),
                argument.utf8.last == UInt8(ascii: "=")
            {
                throw failure(String(argument.dropLast()))
            }
        }
    }

    private static func failure(_ name: String) -> Failure {
        Failure(
            .usage, sentence: "the argument after \(name) is empty", about: name,
            "write what is meant, or leave it out (is a variable not set?)")
    }
}
