// What Swift's Glibc module leaves out: extended attributes, and calls that C declares with variable arguments.
#include <errno.h>
#include <fcntl.h>
#include <linux/falloc.h>
#include <linux/fs.h>
#include <linux/magic.h>
#include <malloc.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/uio.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <termios.h>
#include <unistd.h>

// Without _GNU_SOURCE, which would make this module differ from the others that include the same headers.
enum { posix_SEEK_DATA = 3, posix_SEEK_HOLE = 4, posix_O_NOATIME = 01000000, posix_O_PATH = 010000000 };
// Past the page cache; its value differs from machine to machine.
enum { posix_O_DIRECT = __O_DIRECT };
extern int renameat2(int, const char *, int, const char *, unsigned);

static inline int posix_openat(int directory, const char *path, int flags, mode_t mode) {
    return openat(directory, path, flags, mode);
}
static inline int posix_duplicate(int file) { return fcntl(file, F_DUPFD_CLOEXEC, 0); }
static inline int posix_set_status_flags(int file, int flags) { return fcntl(file, F_SETFL, flags); }
// What of a file is in the page cache, from `offset` on: -1 with EAGAIN where nothing is.
extern ssize_t preadv2(int, const struct iovec *, int, off_t, int);
static inline ssize_t posix_read_cached(int file, void *bytes, size_t count, off_t offset) {
    struct iovec place = {bytes, count};
    return preadv2(file, &place, 1, offset, RWF_NOWAIT);
}
static inline int posix_set_not_dumpable(void) { return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); }
static inline int posix_get_inode_flags(int file, int *flags) { return ioctl(file, FS_IOC_GETFLAGS, flags); }
static inline unsigned posix_major(unsigned long device) { return major(device); }
static inline unsigned posix_minor(unsigned long device) { return minor(device); }
static inline unsigned long posix_makedev(unsigned major_number, unsigned minor_number) {
    return makedev(major_number, minor_number);
}
extern int pipe2(int *, int);
extern ssize_t getdents64(int, void *, size_t);
extern int fallocate(int, int, off_t, off_t);
extern int syncfs(int);
// Whether something is mounted at a name: 1 or 0, or -1. Of `struct statx`, which these headers lack, it takes `stx_attributes` alone:
// STATX_ATTR_MOUNT_ROOT, of Linux 5.8. Where a kernel or a sandbox does not know the call it answers 0: the device tells the most.
static inline int posix_is_mount_point(int directory, const char *path) {
    unsigned long long status[32] = {0};
    if (syscall(SYS_statx, directory, path, AT_SYMLINK_NOFOLLOW, 0, status) < 0) return errno == ENOSYS || errno == EPERM ? 0 : -1;
    return (status[1] & 0x2000) != 0;
}
enum { posix_UTIME_OMIT = (1 << 30) - 2 };
static inline int posix_set_inode_flags(int file, int flags) { return ioctl(file, FS_IOC_SETFLAGS, &flags); }
extern int memfd_create(const char *, unsigned);
enum { posix_MFD_CLOEXEC = 1 };
