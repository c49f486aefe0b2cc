"""A project's whole life under a program's keys, and under a token's: see scripts/keys-life."""
import json, os, pathlib, shutil, subprocess, sys

sys.dont_write_bytecode = True
from holdfast_driver import Driver, environment_of, need, workplace

EXAMPLE = pathlib.Path(__file__).resolve().parent.parent / "docs/examples/openssl-key-manager"
MODULE = "/usr/lib/softhsm/libsofthsm2.so"


class Life(Driver):
    def __init__(self, binary, root):
        super().__init__(binary, root, environment_of(root / "home", SOFTHSM2_CONF=str(root / "softhsm.conf")))

    def tool(self, *words):
        return subprocess.run([str(word) for word in words], cwd=self.root, env=self.environment, capture_output=True, text=True, check=True).stdout

    def state(self, cmk):
        return next(row["manager_state"] for row in self.json("keys", "list") if row["uri"] == cmk)


class Program:
    """Keys of the example over openssl."""

    def __init__(self, life):
        self.life, self.keys = life, life.root / "keys"
        self.keys.mkdir(mode=0o700)
        self.settings = f"exec: {{openssl: {{command: [./program, {self.keys}], timeout: 60 seconds}}}}"
        self.pattern, self.program = "exec:openssl/*", life.root / "program"
        shutil.copy(EXAMPLE, self.program)

    def create(self, label):
        return "exec:openssl/" + json.loads(self.life.tool(self.program, self.keys, "create", label))["key"]

    def break_off(self):
        self.program.rename(self.life.root / "away")

    def mend(self):
        (self.life.root / "away").rename(self.program)


class Token:
    """Keys of SoftHSM 2, made by pkcs11-tool."""

    def __init__(self, life):
        self.life, self.number, self.pin = life, 0, life.root / "pin"
        (life.root / "tokens").mkdir()
        (life.root / "softhsm.conf").write_text(f"directories.tokendir = {life.root}/tokens\nobjectstore.backend = file\nlog.level = ERROR\n")
        life.tool("softhsm2-util", "--init-token", "--free", "--label", "backup", "--so-pin", "567890", "--pin", "123456")
        self.pin.write_text("123456\n")
        self.pin.chmod(0o600)
        self.settings = f"pkcs11: {{module: {MODULE}, token: backup, pin_file: ./pin}}"
        self.pattern = "pkcs11:backup/*"

    def create(self, label):
        self.number += 1
        name = f"{self.number:04x}"
        self.life.tool("pkcs11-tool", "--module", MODULE, "--token-label", "backup", "--login", "--pin", "123456", "--keygen",
                       "--key-type", "AES:32", "--id", name, "--label", label, "--sensitive", "--usage-decrypt")
        return f"pkcs11:backup/{name}"

    def break_off(self):
        (self.life.root / "tokens").rename(self.life.root / "away")
        (self.life.root / "tokens").mkdir()

    def mend(self):
        (self.life.root / "tokens").rmdir()
        (self.life.root / "away").rename(self.life.root / "tokens")


def live(life, keys):
    root = life.root
    (root / "data").mkdir()
    (root / "data" / "file").write_text("one")
    first = keys.create("first")

    # `init` cannot know how the manager is reached: the file comes first, and gets its repository's id.
    said = life.run("init", "--cmk", first, code=64)
    need("project file" in said.err and not (root / "holdfast.yaml").exists(), said.err)
    (root / "holdfast.yaml").write_text(
        f'project: shop\ncmks: ["{keys.pattern}"]\nkey_managers:\n  {keys.settings}\nclusters: {{default: {{repository: ./repository}}}}\n')
    life.run("init", "--cmk", first)
    one = life.json("backup", "data")["snapshot_id"]
    restored(life, one, "one")

    (root / "data" / "file").write_text("two")
    second = keys.create("second")
    life.run("keys", "rotate", "--to", second)
    two = life.json("backup", "data")["snapshot_id"]
    life.run("check", "--read-data")
    need(life.json("keys", "check", first, code=20)["verdict"] == "blocked", "the first CMK is needed")
    life.run("keys", "delete", first, code=20)
    need(life.state(first) == "enabled", "refused, and yet it is touched")

    # Everything opens with the second alone; then, and only then, the first may go.
    life.run("keys", "rewrap", "--from", first, "--to", second)
    need(life.json("keys", "check", "--prove", first)["verdict"] == "safe_for_good", "rewrapped, and still needed")
    life.run("keys", "disable", first)
    need(life.state(first) == "disabled", "not disabled")
    restored(life, one, "one")
    life.run("keys", "delete", first, "--waiting-period", "7 days")
    need(life.state(first) == "pending_deletion", "not scheduled")
    life.run("keys", "cancel-deletion", first)
    need(life.state(first) == "enabled", "not taken back")

    # Out of reach: what needs no key goes on, what needs one says so, and nothing is called safe.
    keys.break_off()
    life.run("snapshots")
    said = life.run("restore", two, "--target", root / "out", code=13)
    need("unreachable" in said.err, said.err)
    life.run("keys", "check", "--prove", first, code=21)
    keys.mend()
    restored(life, two, "two")


def restored(life, snapshot, text):
    shutil.rmtree(life.root / "out", ignore_errors=True)
    life.run("restore", f"{snapshot}:{life.root}/data", "--target", life.root / "out")
    need((life.root / "out" / "file").read_text() == text, f"'file' came back as something else than '{text}'")


def refuse_pins(life, token):
    """A PIN that is wrong, or that others can read, is not tried twice, or at all."""
    token.pin.write_text("999999\n")
    life.run("keys", "rotate", "--to", token.create("third"), code=12)
    token.pin.write_text("123456\n")
    token.pin.chmod(0o644)
    said = life.run("keys", "rotate", "--to", token.create("fourth"), code=13)
    need("chmod 600" in said.err, said.err)


def main():
    done = []
    for kind in (Program, Token):
        if kind is Token and not (os.path.exists(MODULE) and shutil.which("pkcs11-tool")):
            print("keys-life: SOFTHSM IS NOT INSTALLED (apt install softhsm2 opensc): no life under a token was tried", file=sys.stderr)
            continue
        with workplace("keys-life") as root:
            life = Life(sys.argv[1], root)
            keys = kind(life)
            live(life, keys)
            if kind is Token:
                refuse_pins(life, keys)
        done.append(kind.__name__.lower())
    print(f"keys-life: a life under the keys of a {', and of a '.join(done)}, from init to the first deletion")


if __name__ == "__main__":
    main()
