import Glibc
import HoldfastModel

/// This machine's clock.
enum SystemClock {
    static var now: Timestamp { Timestamp(seconds: Int64(time(nil))) }
}
