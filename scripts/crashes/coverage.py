"""The shim sees what strace sees: else a kill point, or a lost write, would be missed by all other trials."""
import collections, os, re, shutil, subprocess

from holdfast_driver import need

SEEN = {"write": "write", "pwrite64": "write", "ftruncate": "truncate", "fallocate": "allocate", "fsync": "sync", "fdatasync": "sync", "syncfs": "sync", "link": "link",
        "linkat": "link", "rename": "rename", "renameat": "rename", "renameat2": "rename", "mkdir": "mkdir", "mkdirat": "mkdir", "symlink": "symlink",
        "symlinkat": "symlink", "fchmod": "mode"}
# Nobody looks for these: where one changes a file of ours, the shim has to learn it.
UNSEEN = ("writev", "pwritev", "pwritev2", "copy_file_range", "sendfile", "splice", "sync", "sync_file_range", "msync", "truncate", "creat",
          "io_uring_setup", "mknod", "mknodat")


def trials(trial, is_all):
    """None where nobody may be traced."""
    may_trace = shutil.which("strace") and not subprocess.run(["strace", "-o", "/dev/null", "true"], capture_output=True).returncode
    return ["strace"] if may_trace else []


def run(trial, point):
    box = trial.box
    words = trial.begin()
    log = box.place / "strace"
    calls = ",".join([*SEEN, *UNSEEN, "unlink", "unlinkat", "rmdir"])
    command = ["strace", "-f", "-y", "-q", "-o", str(log), "-e", f"trace={calls}"]
    variables = box.environment | box.shim.environment(clock=box.clock)
    for name in ("LD_PRELOAD", "CRASH_ROOT"):
        command += ["-E", f"{name}={variables.pop(name)}"]
    traced = subprocess.run([*command, *box.command(*words)], cwd=box.root, env=variables, stdin=subprocess.DEVNULL, capture_output=True)
    need(traced.returncode == trial.case.code, f"under strace it ends with {traced.returncode}")
    found = collections.Counter(_kinds(log.read_text(errors="replace"), str(box.root)))
    for kind in {*SEEN.values(), "unlink", "rmdir"}:
        need(found[kind] == box.shim.calls[kind], f"{kind}: strace sees {found[kind]} calls, the shim {box.shim.calls[kind]}")


def _kinds(text, root):
    for line in text.splitlines():
        match = re.match(r"\d+ +(\w+)\((.*)", line)
        if not match or not _is_ours(match[1], match[2], root):
            continue
        need(match[1] not in UNSEEN, f"the shim does not know {match[1]}: {line}")
        if match[1] in ("unlink", "unlinkat", "rmdir"):
            yield "rmdir" if match[1] == "rmdir" or "AT_REMOVEDIR" in line else "unlink"
        else:
            yield SEEN[match[1]]


def _is_ours(name, arguments, root):
    """By the first path: `5</directory>, "name"`, `5</file>`, or `"path"`, which is relative to the root if to anything."""
    first = re.match(r'(?:AT_FDCWD|\d+)<([^>]*)>(?:, "([^"]*)")?|"([^"]*)"', arguments)
    if not first:
        return name == "io_uring_setup"
    directory, child, path = first.groups()
    if path is None:
        if not directory.startswith("/"):
            return False
        path = os.path.join(directory, child) if child and name.endswith(("at", "at2")) else directory
    path = os.path.normpath(os.path.join(root, path))
    return path == root or path.startswith(root + "/")
