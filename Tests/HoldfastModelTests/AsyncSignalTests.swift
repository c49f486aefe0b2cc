import HoldfastModel
import Testing

@Suite("A signal")
struct AsyncSignalTests {
    @Test("whoever waits goes on once it is given, before or after, once or twice")
    func given() async {
        let before = AsyncSignal()
        before.give()
        before.give()
        await before.wait()
        let after = AsyncSignal()
        async let waiting: Void = after.wait()
        after.give()
        await waiting
    }

    @Test("whoever waits is let go when its task is cancelled")
    func cancelled() async {
        let signal = AsyncSignal()
        let waiting = Task { await signal.wait() }
        waiting.cancel()
        await waiting.value
    }
}
