import Glibc

/// Keeps the numbers of standard input, output and error from whatever is opened next, where they are closed: notes would go into a file of
/// ours, or a stream be read from a pipe of ours.
package enum StandardDescriptors {
    /// To be called before anything is opened. What stands in their places can be used for nothing: whoever reads or writes there is told so,
    /// as with a descriptor that is closed.
    package static func apply() {
        for (descriptor, useless) in [(STDIN_FILENO, O_WRONLY), (STDOUT_FILENO, O_RDONLY), (STDERR_FILENO, O_RDONLY)]
        where fcntl(descriptor, F_GETFD) < 0 {
            // The lowest number that is free is taken.
            _ = unsafe open("/dev/null", useless)
        }
    }
}
