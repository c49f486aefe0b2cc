import FoundationEssentials
import Glibc
import HoldfastCrypto

/// The process: nothing is done before its memory is protected and libcrypto has given right answers.
@main
enum Main {
    static func main() async {
        StandardDescriptors.apply()
        AllocatorLimits.apply()
        DescriptorLimit.apply()
        ProcessHardening.apply()
        let output = Output.standard
        do {
            try SelfTest.run()
        } catch {
            output.fail(
                Failure(.failed, "libcrypto gives wrong answers: \(error)", "", "install a sound OpenSSL 3"), asJSON: false)
            exit(ExitStatus.failed.rawValue)
        }
        let program = Program(
            environment: ProcessInfo.processInfo.environment, workingDirectory: FileManager.default.currentDirectoryPath,
            output: output)
        let status = await Interruption.running { await program.run(Array(CommandLine.arguments.dropFirst())) }
        exit(status.rawValue)
    }
}
