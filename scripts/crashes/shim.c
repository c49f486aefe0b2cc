// Stands between a program and libc: counts the calls that change something below CRASH_ROOT, and kills, stops, fails or records at one of
// them. crashes/shim.py compiles and drives it. Calls that change something run one at a time, so that "before the n-th" means just that.
//
//   CRASH_ROOT    the directory that counts; what is written to standard output counts as well
//   CRASH_REPORT  8-byte counters: whether the fault came, then the calls of each kind that were seen
//   CRASH_AT      KIND:N:ACT   KIND: `any`, or a call's name as in shim_control.h; ACT: kill, killed (after the call), stop, clock, or an errno
//   CRASH_FOR     how many calls of that kind fail, from the N-th on (default 1)
//   CRASH_LOG     where to record every call that counts, with its data
//   CRASH_CLOCK   seconds to add to the time of day; with ACT clock only from that call on
#include "shim_control.h"

// Opening

static int opening(int directory, const char *name, int flags, mode_t mode) {
    char path[PATH_MAX];
    path_of(path, directory, name);
    take();
    int ours = is_ours(path), is_new = ours && flags & O_CREAT && !inode_at(path, NULL);
    enum kind kind = is_new ? CREATE : flags & O_TRUNC ? TRUNCATE : OPEN;
    int file = -1;
    if (!ours || allow(kind)) {
        // Nothing else waits while a pipe is opened.
        if (!is_new) give();
        file = syscall(SYS_openat, directory, name, flags, mode);
        if (!is_new) take();
        if (file >= 0) remember(file, path);
        if (ours && file >= 0) {
            struct entry entry = {.kind = kind, .inode = inode_of(file)};
            if (is_new) inode_at(path, &entry.mode);
            if (kind != OPEN) record(entry, path, NULL, NULL);
            done(kind);
        }
    }
    give();
    return file;
}

#define OPENING(NAME, FIRST, DIRECTORY) \
    int NAME(FIRST const char *name, int flags, ...) { \
        va_list rest; \
        va_start(rest, flags); \
        mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0; \
        va_end(rest); \
        return opening(DIRECTORY, name, flags, mode); \
    }
#define COMMA ,
OPENING(open, , AT_FDCWD)
OPENING(open64, , AT_FDCWD)
OPENING(openat, int directory COMMA, directory)
OPENING(openat64, int directory COMMA, directory)

int creat(const char *name, mode_t mode) { return opening(AT_FDCWD, name, O_WRONLY | O_CREAT | O_TRUNC, mode); }

int close(int file) {
    take();
    remember(file, NULL);
    give();
    return syscall(SYS_close, file);
}

int closedir(DIR *stream) {
    REAL(closedir);
    take();
    remember(dirfd(stream), NULL);
    give();
    return real(stream);
}

// Reading and writing

static int may(enum kind kind) {
    take();
    int goes_on = allow(kind);
    give();
    return goes_on;
}

static ssize_t reading(int file, void *bytes, size_t count, off_t offset) {
    if (open_path(file) && !may(READ)) return -1;
    return offset < 0 ? syscall(SYS_read, file, bytes, count) : syscall(SYS_pread64, file, bytes, count, offset);
}

ssize_t read(int file, void *bytes, size_t count) { return reading(file, bytes, count, -1); }
ssize_t pread(int file, void *bytes, size_t count, off_t offset) { return reading(file, bytes, count, offset); }
ssize_t pread64(int file, void *bytes, size_t count, off64_t offset) { return reading(file, bytes, count, offset); }

// What lies in the page cache is read by another call: where reading is to fail, nothing lies there.
ssize_t preadv2(int file, const struct iovec *places, int count, off_t offset, int flags) {
    if (at_kind == READ && open_path(file) && flags) return errno = EAGAIN, -1;
    return syscall(SYS_preadv2, file, places, count, offset, 0L, flags);
}
ssize_t getdents64(int file, void *bytes, size_t count) {
    return open_path(file) && !may(READ) ? -1 : syscall(SYS_getdents64, file, bytes, count);
}
struct dirent *readdir(DIR *stream) {
    REAL(readdir);
    return open_path(dirfd(stream)) && !may(READ) ? NULL : real(stream);
}

static ssize_t writing(int file, const void *bytes, size_t count, off_t offset) {
    const char *path = open_path(file);
    if (!path && (file != STDOUT_FILENO || !root_length))
        return offset < 0 ? syscall(SYS_write, file, bytes, count) : syscall(SYS_pwrite64, file, bytes, count, offset);
    enum kind kind = path ? WRITE : STDOUT;
    ssize_t written = -1;
    take();
    if (allow(kind)) {
        off_t place = offset;
        if (place < 0 && path) place = syscall(SYS_lseek, file, 0, fcntl(file, F_GETFL) & O_APPEND ? SEEK_END : SEEK_CUR);
        written = offset < 0 ? syscall(SYS_write, file, bytes, count) : syscall(SYS_pwrite64, file, bytes, count, offset);
        if (written >= 0)
            record((struct entry){.kind = kind, .inode = inode_of(file), .offset = path ? place : 0, .length = written, .data_length = written}, path,
                   NULL, bytes);
        done(kind);
    }
    give();
    return written;
}

ssize_t write(int file, const void *bytes, size_t count) { return writing(file, bytes, count, -1); }
ssize_t pwrite(int file, const void *bytes, size_t count, off_t offset) { return writing(file, bytes, count, offset); }
ssize_t pwrite64(int file, const void *bytes, size_t count, off64_t offset) { return writing(file, bytes, count, offset); }

// Calls on open files

#define ON_FILE(KIND, FILE, CALL, ENTRY, FIELDS) \
    const char *path = open_path(FILE); \
    if (!path) return CALL; \
    long answer = -1; \
    take(); \
    if (allow(KIND)) { \
        answer = CALL; \
        struct entry entry = {.kind = KIND, .inode = inode_of(FILE)}; \
        FIELDS; \
        if (!answer) record(entry, path, NULL, NULL); \
        done(KIND); \
    } \
    give(); \
    return answer

int fsync(int file) { ON_FILE(SYNC, file, syscall(SYS_fsync, file), entry, ); }
int fdatasync(int file) { ON_FILE(SYNC, file, syscall(SYS_fdatasync, file), entry, ); }
int syncfs(int file) { ON_FILE(SYNC, file, syscall(SYS_syncfs, file), entry, ); }
int ftruncate(int file, off_t length) { ON_FILE(TRUNCATE, file, syscall(SYS_ftruncate, file, length), entry, entry.length = length); }
int ftruncate64(int file, off64_t length) { ON_FILE(TRUNCATE, file, syscall(SYS_ftruncate, file, length), entry, entry.length = length); }
int fallocate(int file, int mode, off_t offset, off_t length) {
    ON_FILE(ALLOCATE, file, syscall(SYS_fallocate, file, mode, offset, length), entry,
            (entry.mode = mode, entry.offset = offset, entry.length = length));
}
int fchmod(int file, mode_t mode) { ON_FILE(MODE, file, syscall(SYS_fchmod, file, mode), entry, entry.mode = mode); }
int fchown(int file, uid_t user, gid_t group) { ON_FILE(OTHER, file, syscall(SYS_fchown, file, user, group), entry, ); }
int futimens(int file, const struct timespec times[2]) { ON_FILE(OTHER, file, syscall(SYS_utimensat, file, NULL, times, 0), entry, ); }
int fsetxattr(int file, const char *name, const void *value, size_t size, int flags) {
    ON_FILE(OTHER, file, syscall(SYS_fsetxattr, file, name, value, size, flags), entry, );
}

// Calls on names

#define ON_NAME(KIND, DIRECTORY, NAME, CALL, SECOND, DATA) \
    char path[PATH_MAX]; \
    path_of(path, DIRECTORY, NAME); \
    if (!is_ours(path)) return CALL; \
    long answer = -1; \
    take(); \
    if (allow(KIND)) { \
        struct entry entry = {.kind = KIND}; \
        uint64_t before = inode_at(path, NULL); \
        answer = CALL; \
        int code = errno; \
        uint64_t after = inode_at(path, &entry.mode); \
        entry.inode = before ? before : after; \
        const char *data = DATA; \
        entry.data_length = data ? strlen(data) : 0; \
        if (!answer) record(entry, path, SECOND, data); \
        done(KIND); \
        errno = code; \
    } \
    give(); \
    return answer

static int naming(enum kind kind, int from, const char *name, int to, const char *other, long (*call)(int, const char *, int, const char *, int), int flags) {
    char second[PATH_MAX];
    path_of(second, to, other);
    ON_NAME(kind, from, name, call(from, name, to, other, flags), second, NULL);
}
static long link_call(int from, const char *name, int to, const char *other, int flags) { return syscall(SYS_linkat, from, name, to, other, flags); }
static long rename_call(int from, const char *name, int to, const char *other, int flags) {
    return syscall(SYS_renameat2, from, name, to, other, flags);
}

int link(const char *name, const char *other) { return naming(LINK, AT_FDCWD, name, AT_FDCWD, other, link_call, 0); }
int linkat(int from, const char *name, int to, const char *other, int flags) { return naming(LINK, from, name, to, other, link_call, flags); }
int rename(const char *name, const char *other) { return naming(RENAME, AT_FDCWD, name, AT_FDCWD, other, rename_call, 0); }
int renameat(int from, const char *name, int to, const char *other) { return naming(RENAME, from, name, to, other, rename_call, 0); }
int renameat2(int from, const char *name, int to, const char *other, unsigned flags) {
    return naming(RENAME, from, name, to, other, rename_call, flags);
}

int unlinkat(int directory, const char *name, int flags) {
    ON_NAME(flags & AT_REMOVEDIR ? RMDIR : UNLINK, directory, name, syscall(SYS_unlinkat, directory, name, flags), NULL, NULL);
}
int unlink(const char *name) { return unlinkat(AT_FDCWD, name, 0); }
int rmdir(const char *name) { return unlinkat(AT_FDCWD, name, AT_REMOVEDIR); }
int mkdirat(int directory, const char *name, mode_t mode) {
    ON_NAME(MKDIR, directory, name, syscall(SYS_mkdirat, directory, name, mode), NULL, NULL);
}
int mkdir(const char *name, mode_t mode) { return mkdirat(AT_FDCWD, name, mode); }
int symlinkat(const char *target, int directory, const char *name) {
    ON_NAME(SYMLINK, directory, name, syscall(SYS_symlinkat, target, directory, name), NULL, target);
}
int symlink(const char *target, const char *name) { return symlinkat(target, AT_FDCWD, name); }
int fchmodat(int directory, const char *name, mode_t mode, int flags) {
    REAL(fchmodat);
    ON_NAME(MODE, directory, name, real(directory, name, mode, flags), NULL, NULL);
}
int chmod(const char *name, mode_t mode) { return fchmodat(AT_FDCWD, name, mode, 0); }
int fchownat(int directory, const char *name, uid_t user, gid_t group, int flags) {
    ON_NAME(OTHER, directory, name, syscall(SYS_fchownat, directory, name, user, group, flags), NULL, NULL);
}
int mknodat(int directory, const char *name, mode_t mode, dev_t device) {
    ON_NAME(OTHER, directory, name, syscall(SYS_mknodat, directory, name, mode, device), NULL, NULL);
}
int utimensat(int directory, const char *name, const struct timespec times[2], int flags) {
    if (!name) return futimens(directory, times);
    ON_NAME(OTHER, directory, name, syscall(SYS_utimensat, directory, name, times, flags), NULL, NULL);
}

// Asking

int fstat(int file, struct stat *status) {
    return open_path(file) && !may(STAT) ? -1 : syscall(SYS_newfstatat, file, "", status, AT_EMPTY_PATH);
}
int fstatat(int directory, const char *name, struct stat *status, int flags) {
    char path[PATH_MAX];
    path_of(path, directory, name);
    return is_ours(path) && !may(STAT) ? -1 : syscall(SYS_newfstatat, directory, name, status, flags);
}
int stat(const char *name, struct stat *status) { return fstatat(AT_FDCWD, name, status, 0); }
int lstat(const char *name, struct stat *status) { return fstatat(AT_FDCWD, name, status, AT_SYMLINK_NOFOLLOW); }

// The time of day

int clock_gettime(clockid_t clock, struct timespec *now) {
    int answer = syscall(SYS_clock_gettime, clock, now);
    if (!answer && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) now->tv_sec += clock_offset;
    return answer;
}
time_t time(time_t *into) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (into) *into = now.tv_sec;
    return now.tv_sec;
}
int gettimeofday(struct timeval *restrict now, void *restrict zone) {
    (void)zone;
    struct timespec exact;
    clock_gettime(CLOCK_REALTIME, &exact);
    now->tv_sec = exact.tv_sec, now->tv_usec = exact.tv_nsec / 1000;
    return 0;
}
