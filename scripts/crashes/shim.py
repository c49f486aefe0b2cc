"""The library that stands between the binary and libc (shim.c): compiled here, told what to do, and asked what it saw."""
import dataclasses, mmap, os, pathlib, struct, subprocess

SOURCE = pathlib.Path(__file__).with_name("shim.c")
KINDS = ["any", "open", "read", "stat", "create", "write", "truncate", "allocate", "sync", "link", "rename", "unlink", "mkdir", "rmdir", "symlink",
         "mode", "other", "stdout"]
ENTRY = struct.Struct("<IIIIQQQQ")


def compile_into(directory):
    library = pathlib.Path(directory) / "shim.so"
    command = ["gcc", "-O2", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-o", str(library), str(SOURCE), "-ldl", "-lpthread"]
    subprocess.run(command, check=True)
    return library


@dataclasses.dataclass(frozen=True)
class Fault:
    """What happens at the `number`-th call of a kind. `act`: kill, killed (after the call), stop, clock, or an errno."""
    kind: str
    number: int
    act: str | int
    count: int = 1

    def __str__(self):
        act = os.strerror(self.act) if isinstance(self.act, int) else self.act
        return f"{act} at {self.kind} {self.number}" + (" and on" if self.count > 1 else "")


class Shim:
    """One for each directory that is watched."""

    def __init__(self, library, root, report):
        self.library, self.root, self.report = library, root, report
        pathlib.Path(report).write_bytes(bytes(4096))
        with open(report, "r+b") as file:
            self._counters = mmap.mmap(file.fileno(), 4096)

    def environment(self, fault=None, clock=0, log=None):
        self._counters[:] = bytes(4096)
        variables = {"LD_PRELOAD": str(self.library), "CRASH_ROOT": str(self.root), "CRASH_REPORT": str(self.report)}
        if fault:
            variables |= {"CRASH_AT": f"{fault.kind}:{fault.number}:{fault.act}", "CRASH_FOR": str(fault.count)}
        if clock:
            variables["CRASH_CLOCK"] = str(clock)
        if log:
            variables["CRASH_LOG"] = str(log)
        return variables

    @property
    def calls(self):
        """How many calls of each kind the last run made; `any`: that changed something."""
        return dict(zip(KINDS, struct.unpack_from(f"<{len(KINDS)}Q", self._counters, 8)))

    @property
    def fired(self):
        return self._counters[0] != 0


@dataclasses.dataclass(frozen=True)
class Call:
    """One call that was recorded."""
    kind: str
    path: str
    other: str
    mode: int
    inode: int
    offset: int
    length: int
    data: bytes


def recorded(log):
    """The calls of a log, in order."""
    data, at, calls = pathlib.Path(log).read_bytes(), 0, []
    while at < len(data):
        kind, first, second, mode, inode, offset, length, size = ENTRY.unpack_from(data, at)
        at += ENTRY.size
        path, other, content = data[at:at + first], data[at + first:at + first + second], data[at + first + second:at + first + second + size]
        at += first + second + size
        calls.append(Call(KINDS[kind], path.decode(), other.decode(), mode, inode, offset, length, content))
    return calls
