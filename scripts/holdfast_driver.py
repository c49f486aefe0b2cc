"""Runs the binary as a user would, and holds its exit codes and its JSON against what they must be."""
import contextlib, json, os, pathlib, shutil, signal, subprocess, sys, tempfile

TIME_LIMIT = 180  # seconds: whatever takes longer hangs
CRASHED = {132, 133, 134, 139}


class Wrong(Exception):
    """The binary did something else than it must."""


def need(condition, message):
    if not condition:
        raise Wrong(message)


class Result:
    """One run of the binary."""

    def __init__(self, command, code, out, err):
        self.command, self.code, self.out, self.err = command, code, out, err

    @property
    def text(self):
        return self.out + self.err

    @property
    def lines(self):
        return self.out.splitlines()

    def json(self):
        """The last document on standard output."""
        try:
            return json.loads(self.lines[-1])
        except (ValueError, IndexError):
            raise Wrong(f"no JSON came from: {self}") from None

    def documents(self):
        return [json.loads(line) for line in self.lines]

    def __str__(self):
        return f"{' '.join(self.command)}\n  exit {self.code}\n{_indented(self.out)}{_indented(self.err)}"


def _indented(text):
    return "".join(f"  | {line}\n" for line in text[-4000:].splitlines())


def environment_of(home, **variables):
    """A host's own: nothing of ours but what finds programs and libraries."""
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH", "TMPDIR") if name in os.environ}
    return kept | {"HOME": str(home), "XDG_STATE_HOME": f"{home}/state", "XDG_CACHE_HOME": f"{home}/cache", "TZ": "UTC", "LANG": "C.UTF-8",
                   "SWIFT_BACKTRACE": "enable=no"} | variables


def with_options(words, *options):
    """The words with options among Holdfast's own: those of another program come after `--`."""
    words = [str(word) for word in words]
    end = words.index("--") if "--" in words else len(words)
    return [*words[:end], *options, *words[end:]]


class Driver:
    """One host: a binary, the directory that it runs in, and its environment."""

    def __init__(self, binary, root, environment):
        self.binary, self.root, self.environment = os.path.realpath(binary), pathlib.Path(root), environment

    def command(self, *words):
        return [self.binary, *map(str, words)]

    def run(self, *words, code=0, input=None, limit=TIME_LIMIT):
        """`code`: the exit codes that are right, one or several; None: any but a crash."""
        return self.finish(self.start(*words), code, input, limit)

    def json(self, *words, code=0):
        return self.run(*with_options(words, "--json"), code=code).json()

    def start(self, *words):
        """Starts a command and does not wait for it."""
        return self.launch(self.command(*words))

    def launch(self, command, stdin=subprocess.PIPE, stderr=subprocess.PIPE):
        return subprocess.Popen(command, cwd=self.root, env=self.environment, stdin=stdin, stdout=subprocess.PIPE, stderr=stderr,
                                start_new_session=True)

    def finish(self, process, code=0, input=None, limit=TIME_LIMIT):
        """Waits for a command that was started, and judges it."""
        try:
            out, err = process.communicate(input, limit)
        except subprocess.TimeoutExpired:
            out, err = self.kill(process)
            err += f"it did not end within {limit} s".encode()
        result = Result(process.args[1:], process.returncode, out.decode(), err.decode())
        need(result.code >= 0 and result.code not in CRASHED, f"it crashed or hung: {result}")
        codes = code if isinstance(code, (tuple, list, set, type(None))) else (code,)
        need(codes is None or result.code in codes, f"exit {result.code} where {code} was expected: {result}")
        return result

    def kill(self, process):
        """As `kill -9` does, with all that it started. Answers what was said until then."""
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        return process.communicate()

    def run_until(self, seconds, *words):
        """Runs a command, and kills it where it still runs after so many seconds; whether that was so."""
        process = self.start(*words)
        try:
            process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            self.kill(process)
            return True
        return False


@contextlib.contextmanager
def workplace(name):
    """A directory that goes when its block ends. What is wrong in the block ends the script, under its name."""
    root = pathlib.Path(tempfile.mkdtemp(prefix=f"holdfast-{name}-"))
    try:
        yield root
    except Wrong as wrong:
        sys.exit(f"{name}: {wrong}")
    finally:
        shutil.rmtree(root, ignore_errors=True)
