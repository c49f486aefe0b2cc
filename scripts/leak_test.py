"""Looks for what must not leak in all that Holdfast leaves behind and says: names and contents of files, keys, passphrases.

scripts/leak-test HOLDFAST
Lives a small life, takes every key out of it with docs/reader.py, and searches the store, the state and cache directories and what each
command said, at its most talkative, for all of them: as they are, in hex and in base64. Then it tries to get at a running backup's memory.
"""
import base64, contextlib, importlib.util, os, pathlib, resource, secrets, shutil, signal, subprocess, sys, time

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
from holdfast_driver import Driver, Wrong, environment_of, need, workplace

spec = importlib.util.spec_from_file_location("reader", HERE.parent / "docs" / "reader.py")
reader = importlib.util.module_from_spec(spec)
spec.loader.exec_module(reader)

NOBODY = 65534
# What tells people of files names them; nobody else does.
TELLS_NAMES = {"ls", "find", "diff", "restore", "dump"}


class Life:
    """A project, what it was given to keep, and all that was said on the way."""

    def __init__(self, binary, root):
        self.root, self.said = root, []
        self.name, self.content = f"name-{secrets.token_hex(12)}", f"content-{secrets.token_hex(12)}"
        self.passphrase = secrets.token_urlsafe(24)
        path = root / "passphrase"
        path.write_text(self.passphrase)
        path.chmod(0o600)
        home = root / "home"
        home.mkdir()
        self.driver = Driver(binary, root, environment_of(home, HOLDFAST_PASSPHRASE_FILE=str(path)))
        self.write("small", self.content)
        self.write("large", (self.content + "\n") * 40_000)
        self.write("noise", secrets.token_hex(300_000) + self.content)

    def write(self, kind, text):
        folder = self.root / "source" / self.name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{kind}-{self.name}").write_text(text)

    def run(self, *words, code=0):
        result = self.driver.run(*words, code=code)
        # A backup that takes its time names the file at hand.
        lines = [line for line in (result.out + result.err).splitlines() if '"message_type":"status"' not in line]
        self.said.append((words, "\n".join(lines)))
        return result

    def live(self):
        self.run("init")
        self.run("-v", "backup", "source", "--node", "host")
        self.write("small", self.content + "2")
        self.run("-v", "backup", "source", "--node", "host", "--json")
        first = self.run("snapshots", "--json").json()[0]["cmks"][0]
        second = self.run("keys", "create", "second").out.strip()
        self.run("-v", "keys", "rotate", "--to", second)
        self.run("-v", "backup", "source", "--node", "host")
        self.run("-v", "keys", "rewrap", "--from", first, "--to", second)
        for words in (("snapshots",), ("status",), ("stats",), ("check", "--read-data"), ("prune", "--yes"), ("keys", "list"), ("keys", "check"),
                      ("keys", "audit"), ("policy", "show"), ("catalog", "rebuild")):
            for form in ((), ("--json",)):
                self.run("-v", *words, *form, code=None)
        self.run("ls", "latest")
        self.run("find", f"*{self.name}*")
        self.run("-v", "restore", "latest", "--target", "restored")
        need((self.root / f"restored{self.root}/source/{self.name}/small-{self.name}").read_text() == self.content + "2", "it does not come back")
        # What goes wrong says no more than what goes right.
        wrong = self.root / "wrong"
        wrong.write_text(secrets.token_urlsafe(24))
        wrong.chmod(0o600)
        self.run("-v", "--passphrase-file", wrong, "restore", "latest", "--target", "never", code=12)

    def secrets(self):
        """Every key by its name, from the repository itself."""
        keyring = reader.Keyring(self.root / "keyring.json", self.root / "passphrase", "default")
        repository = reader.Repository(self.root / "repository", keyring=keyring, cluster="default")
        found, unwrap = {}, keyring.unwrap

        def noting(envelope, context):
            key = unwrap(envelope, context)
            found[f"the snapshot key of {context['holdfast:snapshot']}"] = key
            return key
        keyring.unwrap = noting
        for name in repository.names("snapshots"):
            manifest = repository.open(name)
            found[f"the hash key of {name}"] = manifest.hash_key
            found |= {f"the key of pack {pack[0].hex()}": key for pack, key in manifest.keys.values()}
        need(len(found) >= 9, f"only {sorted(found)} were found to look for")
        return found


class Search:
    """Needles in every spelling, and where one was found."""

    def __init__(self):
        self.needles, self.found = {}, []

    def add(self, what, data):
        spellings = {data, data.hex().encode(), data.hex().upper().encode(), base64.b64encode(data).rstrip(b"="), base64.urlsafe_b64encode(data).rstrip(b"=")}
        self.needles[what] = spellings

    def look(self, place, data, but=()):
        for what, spellings in self.needles.items():
            if what not in but and any(spelling in data for spelling in spellings):
                self.found.append(f"{what} stands in {place}")

    def look_into(self, folder):
        count = 0
        for path in sorted(folder.rglob("*")):
            self.look(path, str(path.relative_to(folder)).encode())
            if path.is_file():
                self.look(path, path.read_bytes())
                count += 1
        need(count > 0, f"there is nothing in {folder}")


def search(life):
    seek = Search()
    for what, key in life.secrets().items():
        seek.add(what, key)
    seek.add("the passphrase", life.passphrase.encode())
    # The search finds what is there.
    planted = next(iter(life.secrets().values()))
    for form in (planted, planted.hex().encode(), base64.b64encode(planted)):
        control = Search()
        control.add("a key", planted)
        control.look("here", b"before " + form + b" after")
        need(control.found, "the search finds nothing at all")
    seek.look("the project file", (life.root / "holdfast.yaml").read_bytes())
    seek.look("the keyring", (life.root / "keyring.json").read_bytes())
    seek.needles |= {"a name": {life.name.encode()}, "contents": {life.content.encode()}}
    for folder in ("repository", "home"):
        seek.look_into(life.root / folder)
    for words, text in life.said:
        command = next((word for word in words if not str(word).startswith("-")), "")
        seek.look(f"what `holdfast {' '.join(map(str, words))}` said", text.encode(), {"a name"} if command in TELLS_NAMES else ())
    need(not seek.found, "\n".join(seek.found))
    return sum(len(spellings) for spellings in seek.needles.values())


def memory(life, binary):
    """A backup that runs holds keys: nobody of the same user reads its memory, and it leaves no core file."""
    is_root = os.geteuid() == 0
    user = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if is_root else {}
    root = life.root / "memory"
    root.mkdir()
    program = root / "holdfast"
    shutil.copy(binary, program)
    environment = environment_of(root, HOLDFAST_PASSPHRASE_FILE=str(root / "passphrase"))
    (root / "passphrase").write_text(life.passphrase)
    (root / "passphrase").chmod(0o600)
    if is_root:
        life.root.chmod(0o755)
        for path in (root, root / "passphrase"):
            os.chown(path, NOBODY, NOBODY)
        root.chmod(0o700)
    run = dict(cwd=root, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **user)
    need(subprocess.run([program, "init"], **run).returncode == 0, "init fails for another user")
    os.mkfifo(root / "fifo")
    os.chown(root / "fifo", *((NOBODY, NOBODY) if is_root else (-1, -1)))
    # Its command waits for a writer that never comes.
    process = subprocess.Popen([program, "backup", "--source", "s", "--node", "n", "--from-command", "--", "cat", "fifo"], **run, start_new_session=True,
                               preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY,) * 2) if is_root else None)
    try:
        _wait(lambda: list((root / "repository" / "snapshots").glob("*/0")), "the backup does not begin")
        limits = pathlib.Path(f"/proc/{process.pid}/limits").read_text()
        need("Max core file size        0                    0" in limits, f"core files are not off:\n{limits}")
        spy = f"open('/proc/{process.pid}/mem', 'rb').seek(0)"
        seen = subprocess.run([sys.executable, "-c", spy], stderr=subprocess.PIPE, **user)
        need(b"PermissionError" in seen.stderr, f"another process of the same user opens its memory: {seen.stderr.decode()}")
        if is_root:
            # Root may look; but its secrets are in pages that no core file takes, and no child.
            flags = [line.split()[1:] for line in pathlib.Path(f"/proc/{process.pid}/smaps").read_text().splitlines() if line.startswith("VmFlags")]
            need(any({"dd", "wf"} <= set(words) for words in flags), "no page is kept out of core files and children")
        process.send_signal(signal.SIGABRT)
        process.wait(30)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    need(not list(root.glob("core*")), "it left a core file")


def _wait(condition, message):
    end = time.monotonic() + 30
    while not condition():
        need(time.monotonic() < end, message)
        time.sleep(0.05)


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    binary = os.path.realpath(sys.argv[1])
    with workplace("leak-test") as root:
        life = Life(binary, root)
        life.live()
        count = search(life)
        memory(life, binary)
    print(f"leak-test: none of {count} spellings of names, contents, keys and passphrases is anywhere; memory is closed to others of the same user")


main()
