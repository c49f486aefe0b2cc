"""A project on one host, under the shim: put back to where it was before each trial, and judged after it."""
from copy import deepcopy as copy_of
import hashlib, json, os, pathlib, shutil, stat, subprocess

from holdfast_driver import CRASHED, TIME_LIMIT, Driver, Result, Wrong, environment_of, need
from shim import Shim

DAY = 86400


def manifest_of(tree):
    """Everything that a restore must bring back of a tree, by path."""
    tree, found = pathlib.Path(tree), {}
    for path in sorted(tree.rglob("*")):
        status = path.lstat()
        if path.is_symlink():
            content = os.readlink(path)
        elif path.is_dir():
            content = ""
        else:
            content = hashlib.sha256(path.read_bytes()).hexdigest()
        times = 0 if path.is_dir() else status.st_mtime_ns
        found[str(path.relative_to(tree))] = (stat.filemode(status.st_mode), times, content)
    return found


def difference(found, wanted):
    return "; ".join(f"{path}: {found.get(path)} and not {wanted.get(path)}" for path in sorted(found.keys() | wanted.keys())
                     if found.get(path) != wanted.get(path))


def packs_of(manifest):
    """The ids in a manifest's clear pack table (docs/FORMAT.md, section 2)."""
    size, count = (int.from_bytes(manifest[at:at + 4], "big") for at in (12, 16))
    table = 120 + size + 16 * int.from_bytes(manifest[116 + size:120 + size], "big")
    return [manifest[at:at + 32].hex() for at in range(table, table + 44 * count, 44)]


def copy(source, target):
    """As it is, in place of what is there."""
    shutil.rmtree(target, ignore_errors=True)
    subprocess.run(["cp", "-a", "--reflink=auto", str(source), str(target)], check=True)


class Box(Driver):
    """All that a project has on its host lies below `root`, but its sources: those are only read."""

    def __init__(self, binary, library, place):
        self.place = pathlib.Path(place)
        super().__init__(binary, self.place / "box", environment_of(self.place / "box" / "home"))
        self.source, self.out, self.saved = self.place / "source", self.place / "out", self.place / "saved"
        self.shim = Shim(library, self.root, self.place / "report")
        self.clock = 0
        self.contents = {}  # snapshot id: (what must come back, its place)
        self.may_go = set()  # snapshots whose deletion was due
        self.damaged = set()  # snapshots that have lost something for good
        self.cmks = {}  # URI: the states that are right
        self.names = {}  # snapshot id: its name in the facts
        self.root.mkdir(mode=0o700)
        self.source.mkdir()

    # Driving it

    def launch(self, command, fault=None, log=None, **options):
        environment = self.environment
        try:
            self.environment = environment | self.shim.environment(fault, self.clock, log)
            return super().launch(command, **options)
        finally:
            self.environment = environment

    def attempt(self, words, fault=None, log=None, clock=None):
        """Runs a command that may be killed. Answers a result whose code is None where it was."""
        before = self.clock
        self.clock = before if clock is None else clock
        process = self.launch(self.command(*words), fault, log, stdin=subprocess.DEVNULL)
        self.clock = before
        try:
            out, err = process.communicate(timeout=TIME_LIMIT)
        except subprocess.TimeoutExpired:
            self.kill(process)
            raise Wrong(f"it hung: {' '.join(map(str, words))}") from None
        killed = process.returncode == -9 and self.shim.fired and fault is not None
        result = Result(process.args[1:], None if killed else process.returncode, out.decode(), err.decode())
        need(killed or result.code >= 0 and result.code not in CRASHED, f"it crashed: {result}")
        need("Fatal error" not in result.err and "fatalError" not in result.err, f"a trap: {result}")
        return result

    def run_at(self, clock, *words, code=0):
        """Runs a command by another clock."""
        before, self.clock = self.clock, clock
        try:
            return self.run(*words, code=code)
        finally:
            self.clock = before

    def elsewhere(self, *words, clock=0):
        """The same on another host, which has no state of its own yet."""
        here = self.environment
        try:
            self.environment = environment_of(self.place / "elsewhere")
            return self.run_at(clock, *words)
        finally:
            self.environment = here

    def open_snapshots(self):
        return [path.parent.name for path in (self.root / "repository/snapshots").glob("*/0") if not (path.parent / "1").exists()]

    def save(self):
        """What is known of the project is kept with it."""
        copy(self.root, self.saved)
        self._known = copy_of((self.contents, self.names, self.may_go, self.damaged, self.cmks))

    def reset(self):
        copy(self.saved, self.root)
        shutil.rmtree(self.place / "elsewhere", ignore_errors=True)
        self.contents, self.names, self.may_go, self.damaged, self.cmks = copy_of(self._known)

    # Its contents

    def write(self, name, data):
        path = self.source / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)

    def init(self):
        self.run("init", "--no-passphrase")
        self.learn_cmks()

    def backup(self, name, *options):
        """Takes a snapshot; what the source holds now is what it must give back."""
        words = ["backup", "--json", *options] + ([] if "--source" in options else [self.source])
        snapshot = self.run(*words).json()["snapshot_id"]
        self.remember(snapshot, name)
        return snapshot

    def remember(self, snapshot, name):
        self.contents[snapshot] = manifest_of(self.source)
        self.names[snapshot] = name

    def named(self, name):
        return next(snapshot for snapshot, other in self.names.items() if other == name)

    def empty(self):
        shutil.rmtree(self.root)
        self.root.mkdir(mode=0o700)

    def forget_catalog(self):
        shutil.rmtree(self.root / "home/cache")

    def learn_cmks(self):
        self.cmks = {row["uri"]: {row["manager_state"]} for row in self.cmk_rows()}

    def cmk_rows(self):
        return self.run("keys", "list", "--json").json()

    def rows(self):
        return self.run("snapshots", "--json").json()

    @property
    def is_made(self):
        return (self.root / "holdfast.yaml").exists()

    # Judging it

    def judge(self, alerts=False):
        """What was acknowledged is there; nothing is damaged; and unless `alerts` nobody cries wolf."""
        if not self.is_made:
            return
        self.run("check", "--read-data", "--json", code=15 if self.damaged else 0)
        self.run("status", code=(0, 6) if alerts or self.damaged else 0)
        found = {row["uri"]: row["manager_state"] for row in self.cmk_rows()}
        for cmk, states in self.cmks.items():
            need(found.get(cmk) in states, f"CMK {cmk} was to be {states}, and is {found.get(cmk)}")
        rows = {row["id"]: row for row in self.rows()}
        for snapshot in self.contents.keys() - self.may_go:
            need(snapshot in rows, f"snapshot {self.names[snapshot]} {snapshot} is lost")
        for snapshot in rows.keys() - self.damaged:
            wanted = self.contents[snapshot] if snapshot in self.contents else manifest_of(self.source)
            self.comes_back(snapshot, wanted)

    def comes_back(self, snapshot, wanted, leaving_out=lambda path: False):
        """`wanted` is None where the snapshot has nothing of the source: a restore of that says so."""
        shutil.rmtree(self.out, ignore_errors=True)
        if wanted is None:
            self.run("-q", "restore", f"{snapshot}:{self.source}", "--target", self.out, code=1)
            return
        self.run("-q", "restore", f"{snapshot}:{self.source}", "--target", self.out)
        found = {path: entry for path, entry in manifest_of(self.out).items() if not leaving_out(path)}
        need(found == wanted, f"snapshot {self.names.get(snapshot, 'new')} {snapshot} came back otherwise: {difference(found, wanted)}")

    def acknowledge(self, out):
        """From what a command had said before it died."""
        for line in out.splitlines():
            try:
                document = json.loads(line)
            except ValueError:
                continue  # cut off
            if not isinstance(document, dict):
                continue
            if document.get("message_type") == "summary" and "files_new" in document and not document.get("errors"):
                self.remember(document["snapshot_id"], "new")
            if "uri" in document and document["uri"] not in self.cmks:
                self.cmks[document["uri"]] = {"enabled"}

    def facts(self):
        """What a project has come to, without the names that chance gave."""
        cmks = self.cmk_rows()
        labels = {row["uri"]: row["label"] for row in cmks}
        snapshots = {(self.names.get(row["id"], "new"), row["state"], tuple(row["holds"]), tuple(sorted(labels[cmk] for cmk in row["cmks"])),
                      tuple(row["sources"]), row["expires"] if row["id"] in self.contents and "new" != self.names[row["id"]] else "")
                     for row in self.rows()}
        target = self.root / "target"
        return {
            "snapshots": sorted(snapshots),
            "cmks": sorted({(row["label"], row["state"], row["manager_state"]) for row in cmks}),
            "records": sorted(self._records()),
            "target": manifest_of(target) if target.exists() else {},
            "in clear": sorted(path.name for path in self.root.rglob("holdfast-drill-*")),
        }

    def _records(self):
        """What kinds of records stand, whose order and number chance may give."""
        store = self.root / "repository"
        places = [("the key log", path) for path in (store / "keys").iterdir()]
        places += [(name, path) for snapshot, name in self.names.items() if name != "new" for path in (store / "snapshots" / snapshot).glob("*")]
        contents = [(name, path.read_bytes()) for name, path in places]
        return {(name, json.loads(content)["kind"]) for name, content in contents if content.startswith(b"{")}

    def garbage(self):
        """What belongs to nothing: after a prune that came late enough nothing does."""
        store = self.root / "repository"
        logs = {folder.name: {record.name for record in folder.iterdir()} for folder in (store / "snapshots").glob("*")}
        found = [f"open snapshot {name}" for name, records in logs.items() if "1" not in records]
        found += [f"records without a start: {name}" for name, records in logs.items() if "0" not in records]
        # What a resumed writer stored twice goes with its snapshot.
        found += [f"packs of nobody: {folder.name}" for folder in (store / "packs").glob("*") if folder.name not in logs and not self._is_needed(folder)]
        found += [f"temporary {path.name}" for path in (store / "tmp").glob("*")]
        found += [f"checkpoint {path.name}" for path in (store / "checkpoints").glob("*")]
        return found

    def _is_needed(self, owner):
        needed = {pack for path in (self.root / "repository/snapshots").glob("*/1") for pack in packs_of(path.read_bytes())}
        return any(pack.name in needed for pack in owner.iterdir())

    def tidy(self):
        """A prune after the stale time leaves nothing that belongs to nobody."""
        self.run_at(self.clock + 2 * DAY, "prune", "--yes")
        need(not self.garbage(), f"prune leaves {self.garbage()}")
