"""The backup programs that scripts/bench compares, each behind the same few verbs, and the limits that are measured beside them."""
import os
import pathlib
import resource
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass


@dataclass
class Cost:
    """What one command took: seconds of wall, user and system time; the most memory of any of its processes (None: less than can be told), and what
    it read and wrote by system calls, in bytes."""
    wall: float
    user: float
    system: float
    peak: int | None
    read: int
    written: int


@dataclass
class Interruption:
    """Kills a command once it has `read` or `written` so many bytes."""
    transfer: str
    byte_count: int

    def await_in(self, process):
        while not exited(process) and transferred(process)[self.transfer] < self.byte_count:
            time.sleep(0.002)
        process.kill()


def exited(process, options=os.WNOHANG):
    """Whether it has ended; it can still be asked what it took."""
    return os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT | options) is not None


def transferred(process):
    lines = dict(line.split(": ") for line in pathlib.Path(f"/proc/{process.pid}/io").read_text().splitlines())
    return {"read": int(lines["rchar"]), "written": int(lines["wchar"])}


def run(words, environment=None, directory=None, output=subprocess.DEVNULL, until=None):
    """Runs a command to its end, or to an interruption, and says what it took; a failure ends the benchmark, with what the command said. What others
    have written goes to the disk before: whoever syncs would wait for it."""
    os.sync()
    with tempfile.TemporaryFile() as errors:
        begun = time.monotonic()
        process = subprocess.Popen(list(map(str, words)), env=os.environ | (environment or {}), cwd=directory, stdout=output, stderr=errors)
        if until:
            until.await_in(process)
        exited(process, 0)
        wall, moved = time.monotonic() - begun, transferred(process)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != (-signal.SIGKILL if until else 0):
            errors.seek(0)
            raise SystemExit(f"bench: {' '.join(map(str, words))}\nexit {process.returncode}\n{errors.read().decode(errors='replace')[-2000:]}")
    # A child's peak begins with that of the process that started it: this one has to stay small.
    peak, floor = usage.ru_maxrss * 1024, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return Cost(wall, usage.ru_utime, usage.ru_stime, peak if peak > floor else None, **moved)


def files_of(directory):
    """Pairs of length in bytes and path of all regular files, in no order."""
    find = ["find", str(directory), "-type", "f", "-printf", "%s %p\\n"]
    with subprocess.Popen(find, stdout=subprocess.PIPE, text=True, errors="surrogateescape") as process:
        for line in process.stdout:
            size, path = line.rstrip("\n").split(" ", 1)
            yield int(size), path


def stored_bytes(directory):
    """What a repository or a tree takes, as lengths of files: not blocks, which differ from file system to file system."""
    return sum(size for size, _ in files_of(directory))


class Holdfast:
    name = "holdfast"

    binary = os.environ["HOLDFAST"]

    def call(self, *words, until=None):
        return run([self.binary, "-q", "-p", self.work / "project" / "holdfast.yaml", *words], self.environment, until=until)

    def begin(self, work, tree, is_database):
        """In an empty place: a repository for snapshots of `tree`."""
        self.work = work
        self.environment = {"XDG_STATE_HOME": str(work / "state"), "XDG_CACHE_HOME": str(work / "cache")}
        (self.work / "project").mkdir(parents=True)
        run([self.binary, "-q", "init", "--no-passphrase"], self.environment, self.work / "project")
        kind = "database" if is_database else "files"
        self.configure(f"    nodes: {{bench: {{sources: {{data: {{paths: [\"{tree}\"], kind: {kind}}}}}}}}}\n")

    def configure(self, lines):
        with open(self.work / "project" / "holdfast.yaml", "a") as file:
            file.write(lines)

    def backup(self, until=None):
        return self.call("backup", "--node", "bench", until=until)

    def restore(self, target, overwrite=None, until=None):
        return self.call("restore", "latest", "--target", target, *(["--overwrite", overwrite] if overwrite else []), until=until)

    def stored(self):
        return stored_bytes(self.work / "project" / "repository")


class Restic:
    name = "restic"

    binary = os.environ["RESTIC"]

    def begin(self, work, tree, is_database):
        self.work, self.tree = work, tree
        self.environment = {"RESTIC_PASSWORD": "benchmark", "RESTIC_CACHE_DIR": str(work / "cache"), "RESTIC_REPOSITORY": str(work / "repository")}
        self.work.mkdir(parents=True)
        run([self.binary, "-q", "init"], self.environment)

    def backup(self, until=None):
        return run([self.binary, "-q", "backup", self.tree], self.environment, until=until)

    def restore(self, target, overwrite=None, until=None):
        words = [self.binary, "-q", "restore", "latest", "--target", target, *(["--overwrite", overwrite] if overwrite else [])]
        return run(words, self.environment, until=until)

    def stored(self):
        return stored_bytes(self.work / "repository")


class Borg:
    name = "borg"

    def begin(self, work, tree, is_database):
        self.work, self.tree, self.count = work, tree, 0
        self.environment = {"BORG_PASSPHRASE": "benchmark", "BORG_BASE_DIR": str(work / "base"), "BORG_REPO": str(work / "repository"),
                            "BORG_RELOCATED_REPO_ACCESS_IS_OK": "yes"}
        self.work.mkdir(parents=True)
        run(["borg", "init", "-e", "repokey-blake2"], self.environment)

    def backup(self):
        self.count += 1
        return run(["borg", "create", "--compression", "zstd,3", f"::{self.count}", self.tree], self.environment)

    def restore(self, target, overwrite=None):
        pathlib.Path(target).mkdir(parents=True, exist_ok=True)
        return run(["borg", "extract", f"::{self.count}"], self.environment, target)

    def stored(self):
        return stored_bytes(self.work / "repository")


class Limits:
    """What no backup program can undercut: compression alone, copying alone, looking at every file alone."""

    @staticmethod
    def zstd(tree):
        """`zstd` at level 3 on two threads; `tar` beside it costs a tenth of that, on another core."""
        return Limits.shell(f"tar -cf - '{tree}' 2>/dev/null | zstd -q -3 -T2 -o /dev/null -f")

    @staticmethod
    def copy(tree, target):
        return run(["cp", "-a", tree, target])

    @staticmethod
    def walk(tree):
        return run(["find", tree, "-printf", "%s %T@ %C@ %i %m\n"])

    @staticmethod
    def shell(line):
        return run(["bash", "-o", "pipefail", "-c", line])
