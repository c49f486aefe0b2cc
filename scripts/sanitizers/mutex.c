// Tells ThreadSanitizer of Swift's Mutex where two threads meet at it: its slow paths lie in a library that is not instrumented, and without
// this every mutex that was ever contended for is a race. Loaded before all others by scripts/sanitize.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdbool.h>
#include <stdint.h>

#define SWIFT __attribute__((swiftcall))
#define SELF __attribute__((swift_context)) void *self
#define SYMBOL(name) "$s15Synchronization12_MutexHandleV" name

// Only a program that was built for it has these.
static void tell(const char *what, void *mutex) {
    void (*annotate)(void *) = (void (*)(void *))dlsym(RTLD_DEFAULT, what);
    if (annotate) annotate(mutex);
}

SWIFT void lock_slow(uint32_t thread, SELF) __asm__(SYMBOL("9_lockSlowyys6UInt32VF"));
SWIFT void lock_slow(uint32_t thread, SELF) {
    SWIFT void (*real)(uint32_t, SELF) = (SWIFT void (*)(uint32_t, SELF))dlsym(RTLD_NEXT, SYMBOL("9_lockSlowyys6UInt32VF"));
    real(thread, self);
    tell("__tsan_acquire", self);
}

SWIFT bool try_lock_slow(SELF) __asm__(SYMBOL("12_tryLockSlowSbyF"));
SWIFT bool try_lock_slow(SELF) {
    SWIFT bool (*real)(SELF) = (SWIFT bool (*)(SELF))dlsym(RTLD_NEXT, SYMBOL("12_tryLockSlowSbyF"));
    bool is_locked = real(self);
    if (is_locked) tell("__tsan_acquire", self);
    return is_locked;
}

SWIFT void unlock_slow(SELF) __asm__(SYMBOL("11_unlockSlowyyF"));
SWIFT void unlock_slow(SELF) {
    SWIFT void (*real)(SELF) = (SWIFT void (*)(SELF))dlsym(RTLD_NEXT, SYMBOL("11_unlockSlowyyF"));
    tell("__tsan_release", self);
    real(self);
}
