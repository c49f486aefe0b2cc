// What shim.c does at each call: counts it, fails, kills or stops at it, and records it.
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#pragma GCC diagnostic ignored "-Wnonnull-compare"
#pragma GCC diagnostic ignored "-Wformat-truncation"

enum kind { ANY, OPEN, READ, STAT, CREATE, WRITE, TRUNCATE, ALLOCATE, SYNC, LINK, RENAME, UNLINK, MKDIR, RMDIR, SYMLINK, MODE, OTHER, STDOUT, KINDS };
static const char *const names[KINDS] = {"any",  "open",   "read",   "stat",  "create", "write",   "truncate", "allocate", "sync",
                                         "link", "rename", "unlink", "mkdir", "rmdir",  "symlink", "mode",     "other",    "stdout"};
static int is_change(enum kind kind) { return kind > STAT; }
enum act { NOTHING, KILL, KILLED, STOP, CLOCK, FAIL };

#define DESCRIPTORS 65536
static char *paths[DESCRIPTORS];  // what each descriptor was opened by, absolute
static pthread_mutex_t turn = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;
static char root[PATH_MAX];
static size_t root_length;
static enum kind at_kind = KINDS;
static long at, at_count = 1, counts[KINDS];
static enum act act;
static int fail_code, log_file = -1;
static volatile int64_t clock_offset;
static uint64_t nothing[2 + KINDS], *report = nothing;

#define REAL(name) \
    static __typeof__(name) *real; \
    if (!real) real = (__typeof__(name) *)dlsym(RTLD_NEXT, #name)

__attribute__((constructor)) static void begin(void) {
    const char *text = getenv("CRASH_ROOT");
    if (!text) return;
    snprintf(root, sizeof root, "%s", text);
    root_length = strlen(root);
    if ((text = getenv("CRASH_REPORT"))) {
        int file = syscall(SYS_openat, AT_FDCWD, text, O_RDWR | O_CLOEXEC, 0);
        void *mapped = file < 0 ? MAP_FAILED : mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
        if (mapped == MAP_FAILED) _exit(99);
        report = mapped;
        syscall(SYS_close, file);
    }
    if ((text = getenv("CRASH_LOG"))) {
        int file = syscall(SYS_openat, AT_FDCWD, text, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
        log_file = fcntl(file, F_DUPFD_CLOEXEC, 900);
        syscall(SYS_close, file);
        if (log_file < 0) _exit(99);
    }
    if ((text = getenv("CRASH_AT"))) {
        char kind[16], what[16];
        if (sscanf(text, "%15[a-z]:%ld:%15s", kind, &at, what) != 3) _exit(99);
        for (int k = 0; k < KINDS; k++)
            if (!strcmp(names[k], kind)) at_kind = k;
        act = !strcmp(what, "kill") ? KILL : !strcmp(what, "killed") ? KILLED : !strcmp(what, "stop") ? STOP : !strcmp(what, "clock") ? CLOCK : FAIL;
        fail_code = atoi(what);
        if (at_kind == KINDS || (act == FAIL && !fail_code)) _exit(99);
    }
    if ((text = getenv("CRASH_FOR"))) at_count = atol(text);
    if ((text = getenv("CRASH_CLOCK")) && act != CLOCK) clock_offset = atoll(text);
    // Only this program is meant: what it starts is not.
    unsetenv("LD_PRELOAD");
}

static void die(void) {
    syscall(SYS_kill, getpid(), SIGKILL);
    for (;;) pause();
}

static void path_of(char *full, int directory, const char *name) {
    if (name[0] == '/') {
        snprintf(full, PATH_MAX, "%s", name);
    } else {
        char here[PATH_MAX];
        const char *above = directory >= 0 && directory < DESCRIPTORS && paths[directory] ? paths[directory] : NULL;
        if (!above) above = getcwd(here, sizeof here) ? here : "";
        snprintf(full, PATH_MAX, "%s/%s", strcmp(above, "/") ? above : "", strncmp(name, "./", 2) ? name : name + 2);
    }
    size_t length = strlen(full);
    if (length > 2 && !strcmp(full + length - 2, "/.")) full[length -= 2] = 0;
    while (length > 1 && full[length - 1] == '/') full[--length] = 0;
}

static int is_ours(const char *path) {
    return root_length && !strncmp(path, root, root_length) && (path[root_length] == '/' || !path[root_length]);
}

static const char *open_path(int file) {
    return file >= 0 && file < DESCRIPTORS && paths[file] && is_ours(paths[file]) ? paths[file] : NULL;
}

static void remember(int file, const char *path) {
    if (file < 0 || file >= DESCRIPTORS) return;
    free(paths[file]);
    paths[file] = path ? strdup(path) : NULL;
}

static int is_meant(enum kind kind, long count) {
    if (at_kind != kind && !(at_kind == ANY && is_change(kind))) return 0;
    return counts[at_kind] >= at && counts[at_kind] < at + count;
}

// Whether the call may go on; else errno is set. To be called with the turn.
static int allow(enum kind kind) {
    if (is_change(kind)) report[1 + ANY] = ++counts[ANY];
    report[1 + kind] = ++counts[kind];
    if (act == NOTHING || act == KILLED || !is_meant(kind, at_count)) return 1;
    report[0] = 1;
    if (act == KILL) die();
    if (act == STOP) syscall(SYS_tgkill, getpid(), (int)syscall(SYS_gettid), SIGSTOP);
    if (act == CLOCK) clock_offset = atoll(getenv("CRASH_CLOCK"));
    if (act != FAIL) return 1;
    errno = fail_code;
    return 0;
}

static void done(enum kind kind) {
    if (act == KILLED && is_meant(kind, 1)) report[0] = 1, die();
}

struct entry {
    uint32_t kind, first_length, second_length, mode;
    uint64_t inode, offset, length, data_length;
};

static void put(const void *bytes, size_t length) {
    for (const char *next = bytes; length;) {
        ssize_t count = syscall(SYS_write, log_file, next, length);
        if (count <= 0) _exit(99);
        next += count, length -= count;
    }
}

static void record(struct entry entry, const char *first, const char *second, const void *data) {
    if (log_file < 0) return;
    int saved = errno;
    entry.first_length = first ? strlen(first) : 0, entry.second_length = second ? strlen(second) : 0;
    put(&entry, sizeof entry), put(first, entry.first_length), put(second, entry.second_length), put(data, entry.data_length);
    errno = saved;
}

static uint64_t inode_of(int file) {
    struct stat status;
    return syscall(SYS_newfstatat, file, "", &status, AT_EMPTY_PATH) ? 0 : status.st_ino;
}

static uint64_t inode_at(const char *path, uint32_t *mode) {
    struct stat status;
    if (syscall(SYS_newfstatat, AT_FDCWD, path, &status, AT_SYMLINK_NOFOLLOW)) return 0;
    if (mode) *mode = status.st_mode;
    return status.st_ino;
}

static void take(void) { pthread_mutex_lock(&turn); }
static void give(void) {
    int saved = errno;
    pthread_mutex_unlock(&turn);
    errno = saved;
}
