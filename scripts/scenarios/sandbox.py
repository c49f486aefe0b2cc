"""A project in a directory of its own, driven through the binary; and the record that the scenarios keep of what is in it."""
import datetime, json, pathlib, re, shutil, subprocess, time

from holdfast_driver import Driver, Wrong, environment_of, need, with_options


def instant(text):
    """A time from `2055-01-31` or `2055-01-31T18:00:00Z`."""
    text = text if "T" in text else text + "T00:00:00Z"
    return datetime.datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ")


def stamp(moment):
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def days(count):
    return datetime.timedelta(days=count)


def minutes(count):
    return datetime.timedelta(minutes=count)


class Cluster:
    """A cluster as its project file is to describe it."""

    def __init__(self, name, policy="{}", backup="on", sources=True, extra="", node_extra=""):
        self.name, self.policy, self.backup, self.sources = name, policy, backup, sources
        self.extra, self.node_extra, self.id, self.repository = extra, node_extra, None, f"./repositories/{name}"

    def yaml(self):
        lines = [f"  {self.name}:", f"    repository: {self.repository}"]
        lines += [f"    id: {self.id}"] if self.id else []
        lines += [f"    backup: {self.backup}", f"    policy: {self.policy}"]
        lines += [f"    {line}" for line in self.extra.splitlines()]
        if self.sources:
            lines += ["    nodes:", "      n1:"] + [f"        {line}" for line in self.node_extra.splitlines()]
            lines += ["        sources:", f"          data: {{paths: [./data/{self.name}]}}"]
        return "\n".join(lines)


class Sandbox(Driver):
    """A project with its keyring, repositories, data and local state, all under one directory. It lives in a year that no clock shows for
    long, since `keys delete` refuses a time that has passed."""

    def __init__(self, binary, root, clusters=(), now="2055-01-01", top=""):
        self.binary, self.root = binary, pathlib.Path(root)
        self.clusters = {cluster.name: cluster for cluster in clusters}
        self.recovery, self.gone, self.top = [], [], top
        self.now = instant(now) if isinstance(now, str) else now
        self.contents = {}  # snapshot id: (cluster, {path below the source: bytes})
        self.keys = []
        self.home = "home"
        self._children = []
        if clusters:
            self._create()

    # Making it

    def _create(self):
        self.root.mkdir(mode=0o700, parents=True)
        (self.root / "repositories").mkdir()
        first = next(iter(self.clusters.values()))
        for cluster in self.clusters.values():
            (self.root / "data" / cluster.name).mkdir(parents=True)
        self.run("init", "--no-passphrase", "--repository", first.repository, code=0)
        self.keyring_id = re.search(r"local:([0-9a-f]{32})", self.project_file.read_text())[1]
        first.id = re.search(r"\bid: ([0-9a-f]{32})", self.project_file.read_text())[1]
        self.keys = [self._keyring_keys()[0]]
        self.write_project()
        if len(self.clusters) > 1:
            self.run("init", code=0)
            self.read_ids()

    def read_ids(self):
        """The ids that `init` has added to the project file."""
        name = None
        for line in self.project_file.read_text().splitlines():
            if found := re.match(r"  (\w+):$", line):
                name = found[1]
            elif (found := re.match(r"    id: ([0-9a-f]{32})", line)) and name in self.clusters:
                self.clusters[name].id = found[1]

    def _keyring_keys(self):
        document = json.loads((self.root / "keyring.json").read_text())
        return [f"local:{document['keyring']}/{key['id']}" for key in document["keys"]]

    def add_cluster(self, cluster):
        (self.root / "data" / cluster.name).mkdir(parents=True, exist_ok=True)
        self.clusters[cluster.name] = cluster
        self.write_project()
        self.run("init", code=0)
        self.read_ids()

    @property
    def project_file(self):
        return self.root / "holdfast.yaml"

    def write_project(self):
        lines = ["project: default", "cmks:", f"  - local:{self.keyring_id}/*", "key_managers:", "  local: {keyring: ./keyring.json}",
                 f"recovery: [{', '.join(self.recovery)}]", f"gone: [{', '.join(self.gone)}]"]
        lines += self.top.splitlines() + ["clusters:"] + [cluster.yaml() for cluster in self.clusters.values()]
        self.project_file.write_text("\n".join(lines) + "\n")

    # Driving it

    @property
    def environment(self):
        return environment_of(self.root / self.home)

    def command(self, *arguments, now=True):
        clock = ["--time", stamp(self.now if now is True else now)] if now else []
        return super().command(*with_options(arguments, *clock))

    def run(self, *arguments, code=None, now=True, input=None):
        """Runs a command at the sandbox's time. `code`: the exit codes that are right."""
        return self.finish(self.launch(self.command(*arguments, now=now)), code, input)

    def json(self, *arguments, code=0, now=True):
        return self.run(*arguments, "--json", code=code, now=now).json()

    def start(self, *arguments, now=True):
        """Starts a command and does not wait for it."""
        child = self.launch(self.command(*arguments, now=now), stdin=subprocess.DEVNULL, stderr=subprocess.STDOUT)
        self._children.append(child)
        return child

    def close(self):
        for child in self._children:
            if child.poll() is None:
                self.kill(child)

    def clone(self, name):
        """A copy of everything, as it is now: what is tried on it changes nothing here."""
        copy = Sandbox(self.binary, self.root.parent / f"{self.root.name}-{name}")
        shutil.rmtree(copy.root, ignore_errors=True)
        shutil.copytree(self.root, copy.root, symlinks=True, ignore=lambda _, names: [name for name in names if name == "fifo"])
        copy.clusters = {name: _copied(cluster) for name, cluster in self.clusters.items()}
        copy.recovery, copy.gone, copy.top, copy.now = list(self.recovery), list(self.gone), self.top, self.now
        copy.contents, copy.keys, copy.keyring_id, copy.home = dict(self.contents), list(self.keys), self.keyring_id, self.home
        copy.source_root = self.source_root
        return copy

    def remove(self):
        self.close()
        shutil.rmtree(self.root, ignore_errors=True)

    @property
    def source_root(self):
        """Where the sources were when snapshots were taken: a clone's were taken in the original."""
        return getattr(self, "_source_root", self.root)

    @source_root.setter
    def source_root(self, path):
        self._source_root = path

    # What scenarios do again and again

    def write(self, cluster, name, text):
        path = self.root / "data" / cluster / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def files(self, cluster):
        base = self.root / "data" / cluster
        return {str(path.relative_to(base)): path.read_bytes() for path in sorted(base.rglob("*")) if path.is_file()}

    def backup(self, cluster, *options, code=0):
        """Takes a snapshot of the cluster's data on demand, and remembers what was in it."""
        summary = self.run("backup", "--cluster", cluster, "--node", "n1", "--source", "data", *options, "--json", f"data/{cluster}", code=code).json()
        self.contents[summary["snapshot_id"]] = (cluster, self.files(cluster))
        return summary["snapshot_id"]

    def tick(self, *options, code=(0, 6)):
        """One `holdfast run`; what it took is remembered. Answers the tick's own document."""
        result = self.run("run", "--node", "n1", "--json", *options, code=code)
        tick = result.documents()[-1]
        for cluster in tick["clusters"]:
            for taken in cluster["taken"]:
                self.contents[taken["snapshot"]] = (cluster["name"], self.files(cluster["name"]))
        return tick

    def new_key(self, label="k"):
        uri = self.run("keys", "create", label, code=0).out.strip()
        self.keys.append(uri)
        return uri

    def rotate(self, *options):
        uri = self.new_key()
        self.run("keys", "rotate", "--to", uri, *options, code=0)
        return uri

    def snapshots(self, cluster=None):
        names = [cluster] if cluster else list(self.clusters)
        return [row for name in names for row in self.json("snapshots", "--cluster", name)]

    def check(self, *keys, code=None):
        """`keys check` as JSON, with its exit code under `code`."""
        result = self.run("keys", "check", *keys, "--json", code=code)
        return (result.json() if result.out else {}) | {"code": result.code}

    def prune(self, cluster=None, code=0):
        for name in [cluster] if cluster else list(self.clusters):
            self.run("prune", "--yes", "--cluster", name, code=code)

    def restores(self, snapshot, cluster=None):
        """Whether the snapshot comes back with exactly what was in it; if not, why."""
        cluster_name, files = self.contents[snapshot]
        target = self.root / "restored"
        shutil.rmtree(target, ignore_errors=True)
        place = f"{snapshot}:{self.source_root}/data/{cluster_name}"
        result = self.run("-q", "restore", place, "--target", target, "--cluster", cluster or cluster_name)
        if result.code:
            return str(result)
        found = {str(path.relative_to(target)): path.read_bytes() for path in sorted(target.rglob("*")) if path.is_file()}
        return "" if found == files else f"{snapshot} came back with {sorted(found)}, not {sorted(files)}"

    def store(self, cluster):
        return self.root / self.clusters[cluster].repository

    def wait_for_open(self, cluster, among=(), limit=20):
        """The id of a snapshot that has begun and not ended, once there is one besides `among`."""
        end = time.monotonic() + limit
        while time.monotonic() < end:
            for folder in sorted((self.store(cluster) / "snapshots").glob("*")):
                if folder.name not in among and (folder / "0").exists() and not (folder / "1").exists():
                    return folder.name
            time.sleep(0.02)
        raise Wrong(f"no snapshot of {cluster} came to be in progress within {limit} s")


def _copied(cluster):
    copy = Cluster(cluster.name)
    copy.__dict__.update(cluster.__dict__)
    return copy
