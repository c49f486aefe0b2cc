"""A project in KMS and S3 with a proxy before each service, driven through the binary; and the record of what was acknowledged in it."""
import random, re, shutil, time

import boto3
from fault_proxy import Proxy
from holdfast_driver import Driver, environment_of, need

REGION, ACCOUNT = "us-east-1", "123456789012"
ACCESS = {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret"}
ROLE = ["--role", f"arn:aws:iam::{ACCOUNT}:role/holdfast", "--external-id", "7f3a"]
BUCKET = "backups"
LIVES = []


def client(service, url):
    return boto3.client(service, endpoint_url=url, region_name=REGION, aws_access_key_id="AKIDEXAMPLE", aws_secret_access_key="secret")


class Life(Driver):
    """One project. `stores`: the address of its S3, whose keys are those of the environment; a role is assumed where it is moto's own."""

    def __init__(self, binary, root, moto, s3, seed):
        root.mkdir()
        self.kms, self.s3, self.sts = Proxy(moto), Proxy(s3), Proxy(moto)
        self.is_moto, self.prefix, self.random = moto == s3, root.name, random.Random(seed)
        super().__init__(binary, root, environment_of(
            root / "home", AWS_ENDPOINT_URL_KMS=self.kms.url, AWS_ENDPOINT_URL_S3=self.s3.url, AWS_ENDPOINT_URL_STS=self.sts.url,
            AWS_EC2_METADATA_DISABLED="true", AWS_REGION=REGION, **ACCESS))
        self.aws, self.bucket = client("kms", moto), client("s3", s3)
        self.data, self.acknowledged, self.cmks = root / "data", {}, [self.create_cmk()]
        self.data.mkdir()
        self.change()

    @property
    def proxies(self):
        return self.kms, self.s3, self.sts

    def create_cmk(self):
        return "aws-kms:" + self.aws.create_key()["KeyMetadata"]["Arn"]

    def begin(self, policy="{}"):
        """`init`, and a project that trusts all CMKs of the account and closes its packs early."""
        words = ("init", "--cmk", self.cmks[0], "--repository", f"s3://{BUCKET}/{self.prefix}", *(ROLE if self.is_moto else []))
        self.run(*words)
        file = self.root / "holdfast.yaml"
        text = file.read_text().replace(self.cmks[0], f"aws-kms:arn:aws:kms:{REGION}:{ACCOUNT}:key/*")
        text = re.sub(r"    policy: .*\n", f"    policy: {policy}\n    pack_size: 1 MiB\n    nodes: {{n1: {{sources: {{data: {{paths: [./data]}}}}}}}}\n", text)
        file.write_text(text)

    def change(self):
        (self.data / "text").write_text(str(self.random.random()))
        (self.data / f"noise{self.random.randrange(3)}").write_bytes(self.random.randbytes(1_500_000))

    def backup(self, code=0):
        """Takes a snapshot of changed data; where it is acknowledged, what is in it is remembered. Answers the run."""
        self.change()
        result = self.run("backup", "--node", "n1", "--source", "data", "data", "--json", code=code)
        if result.code == 0:
            self.remember(result.json()["snapshot_id"])
        return result

    def remember(self, snapshot):
        self.acknowledged[snapshot] = {path.name: path.read_bytes() for path in self.data.iterdir()}

    @property
    def newest(self):
        return list(self.acknowledged)[-1]

    def rotate(self):
        self.cmks.append(self.create_cmk())
        self.run("keys", "rotate", "--to", self.cmks[-1])

    def restore(self, snapshot, code=0):
        """Restores, and holds what came against what was backed up."""
        target = self.root / "out"
        shutil.rmtree(target, ignore_errors=True)
        result = self.run("restore", f"{snapshot}:{self.data}", "--target", target, code=code)
        if result.code == 0:
            found = {path.name: path.read_bytes() for path in target.iterdir()}
            need(found == self.acknowledged[snapshot], f"snapshot {snapshot} came back as something else: {sorted(found)}")
        return result

    def listed(self):
        return {row["id"]: row for row in self.json("snapshots")}

    def clear(self):
        """Fair weather. A fault that never struck proves nothing."""
        idle = [rule for proxy in self.proxies for rule in proxy.clear() if rule.must_fire and not rule.fired]
        need(not idle, f"{len(idle)} faults never struck")

    def settle(self, exactly=True):
        """In fair weather: all is whole, what was acknowledged is there and comes back; with `exactly`, there is nothing else."""
        self.clear()
        self.run("check", "--read-data")
        listed = self.listed()
        missing = set(self.acknowledged) - set(listed)
        need(not missing, f"acknowledged, and gone: {missing}")
        need(not exactly or set(listed) == set(self.acknowledged), f"there is more than was acknowledged: {set(listed) - set(self.acknowledged)}")
        for snapshot in self.acknowledged:
            self.restore(snapshot)

    def close(self):
        for proxy in self.proxies:
            proxy.close()


def told(result, *words):
    """The error is one line that names what it is about and says what to do."""
    lines = [line for line in result.err.splitlines() if line.startswith("holdfast: ")]
    need(lines and lines[-1].count(": ") >= 2, f"no message of what happened, to what, and what to do: {result}")
    missing = [word for word in words if word not in lines[-1]]
    need(not missing, f"the message does not say {missing}: {result}")


def until(condition, what, limit=30):
    end = time.monotonic() + limit
    while not condition():
        need(time.monotonic() < end, f"{what} did not come to be within {limit} s")
        time.sleep(0.01)


def life(*on):
    """Marks a life; `on`: the S3 servers that it is lived on."""
    def mark(function):
        LIVES.extend((function, server) for server in on)
        return function
    return mark


def begun(life, policy="{}"):
    """A project with two CMKs; everything opens with the second, which is active."""
    life.begin(policy)
    life.backup()
    life.rotate()
    life.backup()
    life.run("keys", "rewrap", "--from", life.cmks[0], "--to", life.cmks[1])
    life.run("keys", "check", "--prove", life.cmks[0])


def go_on(life, exactly=True):
    """The weather is fair again, and everything goes on by itself."""
    life.clear()
    life.backup()
    life.rotate()
    life.backup()
    life.run("keys", "check", "--prove", life.cmks[0])
    life.settle(exactly)
