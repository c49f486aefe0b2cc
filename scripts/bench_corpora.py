"""The trees that scripts/bench works on: real ones, made once and kept, each with a change that a second backup sees."""
import contextlib
import os
import pathlib
import random
import shutil
import subprocess
import textwrap
import time


def call(*words, user=None, **options):
    prefix = ["runuser", "-u", user, "--"] if user else []
    subprocess.run(prefix + list(map(str, words)), check=True, stdout=subprocess.DEVNULL, **options)


class Corpus:
    """`tree` is what is backed up. `change` alters it; `reset` puts it back as it was."""
    is_database = False
    changes = False
    # Whether all programs are compared on it, and whether backups and restores of it are killed halfway.
    is_compared = True
    is_interrupted = False

    def __init__(self, root):
        self.tree = root / self.name

    def make(self):
        if (self.tree.parent / f"{self.name}.made").exists():
            return
        shutil.rmtree(self.tree, ignore_errors=True)
        self.build()
        (self.tree.parent / f"{self.name}.made").touch()

    def reset(self):
        pass


class Toolchain(Corpus):
    """Programs, libraries and headers: the Swift toolchain itself, up to 2.5 GB of it."""
    name, is_interrupted = "toolchain", True

    def build(self):
        source, room = pathlib.Path(shutil.which("swift")).resolve().parents[2], 2_500 << 20
        self.tree.mkdir(parents=True)
        for path in sorted(source.rglob("*")):
            if path.is_file() and not path.is_symlink() and (size := path.stat().st_size) <= room:
                room -= size
                target = self.tree / path.relative_to(source)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(path, target)


class OneFile(Corpus):
    """The toolchain as one file."""
    name, is_compared, is_interrupted = "one-file", False, True

    def build(self):
        toolchain = Toolchain(self.tree.parent)
        toolchain.make()
        self.tree.mkdir(parents=True)
        call("tar", "-cf", self.tree / "toolchain.tar", "-C", toolchain.tree.parent, toolchain.tree.name)


class SmallFiles(Corpus):
    """50,000 files of a system, none over 32 KiB."""
    name = "small-files"
    count = 50_000

    def build(self):
        left = self.count
        for directory, _, names in os.walk("/usr"):
            for name in names:
                path = pathlib.Path(directory, name)
                if left and path.is_file() and not path.is_symlink() and path.stat().st_size <= 32 << 10:
                    target = self.tree / path.relative_to("/usr")
                    target.parent.mkdir(parents=True, exist_ok=True)
                    shutil.copy2(path, target)
                    left -= 1
        if left:
            raise SystemExit(f"bench: /usr has {self.count - left} small files, {self.count} were wanted")


class Noise(Corpus):
    """1 GB that nothing makes smaller."""
    name = "noise"

    def build(self):
        self.tree.mkdir(parents=True)
        for number in range(8):
            with open(self.tree / f"{number}", "wb") as file:
                for _ in range(128):
                    file.write(os.urandom(1 << 20))


class Sparse(Corpus):
    """An image of 20 GB of which 300 MB are written, here and there."""
    name = "sparse"

    def build(self):
        self.tree.mkdir(parents=True)
        chance = random.Random(7)
        with open(self.tree / "disk.img", "wb") as file:
            file.truncate(20 << 30)
            for _ in range(300):
                file.seek(chance.randrange(20 << 10) << 20)
                file.write(chance.randbytes(1 << 19) * 2)


class Postgres(Corpus):
    """A data directory after `pgbench -i -s 60`; the change is 12,000 transactions, which touch every sixth page."""
    name, is_database, changes = "postgres", True, True
    scale, transactions = 60, 12_000
    programs = pathlib.Path("/usr/lib/postgresql/15/bin")

    def build(self):
        self.tree.mkdir(parents=True)
        call("chown", "postgres", self.tree)
        call("chmod", "755", *[parent for parent in self.tree.parents if len(parent.parts) > 1 and not os.access(parent, os.X_OK)] or [self.tree])
        call(self.programs / "initdb", "-D", self.tree, "--no-sync", user="postgres")
        with self.server():
            call("createdb", "-h", "/tmp", "-p", "54329", "bench", user="postgres")
            call("pgbench", "-h", "/tmp", "-p", "54329", "-q", "-i", "-s", self.scale, "bench", user="postgres", stderr=subprocess.DEVNULL)
        self.keep()

    @contextlib.contextmanager
    def server(self):
        control = [self.programs / "pg_ctl", "-D", self.tree, "-w"]
        call(*control, "-o", "-k /tmp -p 54329 -c listen_addresses='' -c fsync=off", "-l", "/dev/null", "start", user="postgres")
        try:
            yield
        finally:
            call(*control, "-m", "fast", "stop", user="postgres")

    def keep(self):
        call("cp", "-a", self.tree, f"{self.tree}.first")

    def change(self):
        with self.server():
            call("pgbench", "-h", "/tmp", "-p", "54329", "-n", "-c", "4", "-t", self.transactions // 4, "--random-seed=7", "bench", user="postgres",
                 stderr=subprocess.DEVNULL)

    def reset(self):
        call("rsync", "-a", "--delete", "--inplace", f"{self.tree}.first/", f"{self.tree}/")
        # Holdfast reads a database's file again whose ctime was younger than 60 s: *unchanged* is to be of an idle one.
        time.sleep(61)


class WiredTiger(Corpus):
    """Files of MongoDB's storage engine with 400,000 rows; the change writes every fifth again."""
    name, is_database, changes = "wiredtiger", True, True
    source = textwrap.dedent(r"""
        #include <wiredtiger.h>
        #include <stdio.h>
        #include <stdlib.h>
        #define OK(call) if (call) { fprintf(stderr, #call "\n"); return 1; }
        int main(int count, char **words) { /* DIRECTORY STEP: writes every STEPth row anew */
            WT_CONNECTION *connection; WT_SESSION *session; WT_CURSOR *cursor; char value[1024], key[32];
            int step = atoi(words[2]);
            OK(wiredtiger_open(words[1], NULL, "create,log=(enabled)", &connection));
            OK(connection->open_session(connection, NULL, NULL, &session));
            OK(session->create(session, "table:rows", "key_format=S,value_format=S,block_compressor=none"));
            OK(session->open_cursor(session, "table:rows", NULL, "overwrite", &cursor));
            srand(step);
            for (int row = 0; row < 400000; row += step) {
                for (int at = 0; at < 1000; at++) value[at] = at % 4 ? 'a' + row % 26 : 'a' + rand() % 26;
                value[1000] = 0;
                snprintf(key, sizeof key, "row%09d", row);
                cursor->set_key(cursor, key); cursor->set_value(cursor, value);
                OK(cursor->insert(cursor));
            }
            OK(connection->close(connection, NULL));
            return 0;
        }
        """)

    def build(self):
        self.tree.mkdir(parents=True)
        program = f"{self.tree}.c"
        pathlib.Path(program).write_text(self.source)
        call("gcc", "-O2", "-o", f"{self.tree}.writer", program, "-lwiredtiger")
        call(f"{self.tree}.writer", self.tree, 1)
        call("cp", "-a", self.tree, f"{self.tree}.first")

    def change(self):
        call(f"{self.tree}.writer", self.tree, 5)

    reset = Postgres.reset


ALL = [Toolchain, OneFile, SmallFiles, Noise, Postgres, WiredTiger, Sparse]
