/// Global options before the command, as in `holdfast -q --project p.yaml backup`: they mean the same as after it, where the
/// argument parser looks for them.
enum LeadingOptions {
    private static let flags: Set<String> = ["--json", "-q", "--quiet", "-v", "--verbose"]
    private static let options: Set<String> = [
        "-p", "--project", "-c", "--cluster", "--passphrase-file", "--passphrase-fd", "--time",
    ]

    /// The same command line with its leading global options at the end, but before `--`.
    static func moved(_ arguments: [String]) -> [String] {
        var count = 0
        while count < arguments.count {
            let name = arguments[count].prefix { $0 != "=" }
            if flags.contains(arguments[count]) || options.contains(String(name)) && name != arguments[count] {
                count += 1
            } else if options.contains(arguments[count]), count + 1 < arguments.count {
                count += 2
            } else {
                break
            }
        }
        guard count > 0, count < arguments.count else { return arguments }
        let rest = arguments[count...]
        let end = rest.firstIndex(of: "--") ?? rest.endIndex
        return Array(rest[..<end] + arguments[..<count] + rest[end...])
    }
}
