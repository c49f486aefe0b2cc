"""A project's whole life in AWS, against moto: see scripts/aws-life."""
import filecmp, json, os, pathlib, shutil, subprocess, sys, tempfile

sys.dont_write_bytecode = True
import boto3

MOTO = os.environ["HOLDFAST_MOTO"]
REGION, ACCOUNT = "us-east-1", "123456789012"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/holdfast"
ACCESS = {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_REGION": REGION}


class Life:
    def __init__(self, binary, root):
        self.binary, self.root = binary, root
        kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}
        self.environment = kept | ACCESS | {
            "HOME": str(root / "home"), "AWS_ENDPOINT_URL": MOTO, "AWS_EC2_METADATA_DISABLED": "true", "TZ": "UTC"}
        client = {"endpoint_url": MOTO, "region_name": REGION, "aws_access_key_id": "AKIDEXAMPLE", "aws_secret_access_key": "secret"}
        self.kms, self.s3 = boto3.client("kms", **client), boto3.client("s3", **client)

    def run(self, *words, code=0):
        result = subprocess.run([self.binary, *map(str, words)], cwd=self.root, env=self.environment, capture_output=True, text=True, timeout=120)
        codes = code if isinstance(code, tuple) else (code,)
        if result.returncode not in codes:
            sys.exit(f"aws-life: {' '.join(map(str, words))}\nexit {result.returncode}, expected {code}\n{result.stdout}{result.stderr}")
        return result

    def json(self, *words, code=0):
        return json.loads(self.run(*words, "--json", code=code).stdout.splitlines()[-1])

    def create_cmk(self, name):
        arn = self.kms.create_key(Description=name)["KeyMetadata"]["Arn"]
        self.kms.create_alias(AliasName=f"alias/{name}", TargetKeyId=arn)
        return arn


def need(condition, message):
    if not condition:
        sys.exit(f"aws-life: {message}")


def main():
    root = pathlib.Path(tempfile.mkdtemp(prefix="holdfast-aws-"))
    try:
        live(Life(os.path.realpath(sys.argv[1]), root), root)
    finally:
        shutil.rmtree(root, ignore_errors=True)
    print("aws-life: a life in KMS and S3, from init to the first deletion")


def live(life, root):
    first = life.create_cmk("first")
    life.s3.create_bucket(Bucket="backups")
    (root / "data").mkdir()
    (root / "data" / "small").write_text("one")
    # Longer than a part, so that its pack goes up in several.
    (root / "data" / "large").write_bytes(os.urandom(40 << 20))

    # A role, as whoever reads the documents does it; the alias is looked up once, and the ARN kept.
    alias = f"aws-kms:arn:aws:kms:{REGION}:{ACCOUNT}:alias/first"
    said = life.run("init", "--cmk", alias, "--repository", "s3://backups/shop", "--role", ROLE, "--external-id", "7f3a")
    need(first in said.stdout and "static" not in said.stderr, f"{said.stdout}{said.stderr}")
    text = (root / "holdfast.yaml").read_text()
    need(first in text and "alias/" not in text and ROLE in text, f"the project file has another CMK or role: {text}")
    (root / "holdfast.yaml").write_text(text.replace(f"aws-kms:{first}", f"aws-kms:arn:aws:kms:{REGION}:{ACCOUNT}:key/*"))

    access(life, root)
    one = life.json("backup", "data")["snapshot_id"]
    life.run("check", "--read-data")
    restored(life, root, one)

    # A change stores what changed; the rest is referred to.
    (root / "data" / "small").write_text("two")
    again = life.json("backup", "data")
    need(again["data_added_packed"] < 1 << 20, f"an unchanged file was stored again: {again}")

    second = life.create_cmk("second")
    life.run("keys", "rotate", "--to", f"aws-kms:{second}")
    two = life.json("backup", "data")["snapshot_id"]
    envelopes = life.json("snapshots")
    need(any(second in cmk for row in envelopes if row["id"] == two for cmk in row["cmks"]), f"not under the new CMK: {envelopes}")
    need(life.json("keys", "check", f"aws-kms:{first}", code=20)["verdict"] == "blocked", "the first CMK is needed")
    life.run("keys", "delete", f"aws-kms:{first}", code=20)
    need(state(life, first) == "Enabled", "refused, and yet it is touched")

    # Everything opens with the second alone; then, and only then, the first may go.
    life.run("keys", "rewrap", "--from", f"aws-kms:{first}", "--to", f"aws-kms:{second}")
    need(life.json("keys", "check", "--prove", f"aws-kms:{first}")["verdict"] == "safe_for_good", "rewrapped, and still needed")
    life.run("keys", "disable", f"aws-kms:{first}")
    need(state(life, first) == "Disabled", "not disabled")
    restored(life, root, one, "one")
    life.run("keys", "delete", f"aws-kms:{first}", "--waiting-period", "7 days")
    need(state(life, first) == "PendingDeletion", "not scheduled")
    listed = next(row for row in life.json("keys", "list") if first in row["uri"])
    need(listed["manager_state"] == "pending_deletion", f"{listed}")
    life.run("keys", "cancel-deletion", f"aws-kms:{first}")
    need(state(life, first) == "Enabled", "not taken back")

    # Out of reach: what needs no key goes on, what needs one says so.
    life.environment["AWS_ENDPOINT_URL_KMS"] = "http://127.0.0.1:9"
    life.run("snapshots")
    said = life.run("restore", two, "--target", root / "out", code=13)
    need("unreachable" in said.stderr, f"{said.stderr}")
    life.run("keys", "check", "--prove", f"aws-kms:{first}", code=21)
    del life.environment["AWS_ENDPOINT_URL_KMS"]

    life.run("forget", one)
    life.run("prune", "--yes", "--time", "2099-01-01")
    need([row["id"] for row in life.json("snapshots")].count(one) == 0, "forgotten, pruned, and still there")
    restored(life, root, two, "two")

    # A bucket that is not there, and a place that keeps no promises, are refused by name.
    (root / "other").mkdir()
    said = life.run("init", "--project", root / "other" / "holdfast.yaml", "--cmk", f"aws-kms:{second}", "--repository", "s3://nowhere/x", code=(1, 10))
    need("nowhere" in said.stderr and not (root / "other" / "holdfast.yaml").exists(), f"{said.stderr}")


def access(life, root):
    """Away from the role and back: what is tried first is not saved when it fails."""
    way = life.json("keys", "access")["ways"][0]
    need(way["role"] == ROLE and way["static"] and ":assumed-role/holdfast/" in way["identity"], f"{way}")
    before = (root / "holdfast.yaml").read_text()
    said = life.run("keys", "access", "switch", "--static")
    need("WARNING" in said.stdout and f"trusted_roles: [{ROLE}]" in (root / "holdfast.yaml").read_text(), said.stdout)
    life.environment["AWS_ENDPOINT_URL_KMS"] = "http://127.0.0.1:9"
    without = (root / "holdfast.yaml").read_text()
    life.run("keys", "access", "switch", "--role", ROLE, "--external-id", "7f3a", code=13)
    need((root / "holdfast.yaml").read_text() == without, "a role that could not be tried was saved")
    del life.environment["AWS_ENDPOINT_URL_KMS"]
    life.run("keys", "access", "switch", "--role", ROLE, "--external-id", "7f3a")
    need(words((root / "holdfast.yaml").read_text()) == words(before), "away and back, and the file says something else")


def words(text):
    """What a project file says, in whatever order its fields stand."""
    return sorted(text.translate(str.maketrans("{},", "   ")).split())


def restored(life, root, snapshot, small="one"):
    shutil.rmtree(root / "out", ignore_errors=True)
    life.run("restore", f"{snapshot}:{root}/data", "--target", root / "out")
    need((root / "out" / "small").read_text() == small, f"'small' came back as something else")
    need(filecmp.cmp(root / "data" / "large", root / "out" / "large", shallow=False), "'large' came back as something else")


def state(life, arn):
    return life.kms.describe_key(KeyId=arn)["KeyMetadata"]["KeyState"]


if __name__ == "__main__":
    main()
