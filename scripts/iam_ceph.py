"""The S3 side of the policies in docs/iam, as one bucket's policy, against Ceph: see scripts/iam-ceph.

Ceph takes `sts:` and `kms:` for nothing, and knows neither s3:if-none-match nor s3:ObjectCreationOperation: the statement that keeps an
object from being written over has no effect there, and does no harm."""
import json, os, pathlib, subprocess, sys

sys.dont_write_bytecode = True
import boto3
import iam_objects
from iam_objects import ROLES, expect, fail

if "HOLDFAST_CEPH" not in os.environ:
    print("iam-ceph: NOT TRIED: there is no Ceph here")
    sys.exit(0)
CEPH = os.environ["HOLDFAST_CEPH"]
BUCKET, PREFIX = "backups", "shop"


def client(key, secret):
    return boto3.client("s3", endpoint_url=CEPH, region_name="us-east-1", aws_access_key_id=key, aws_secret_access_key=secret)


def statements(role):
    policy = json.loads(pathlib.Path(f"docs/iam/{role}.json").read_text())
    for statement in policy["Statement"]:
        if all(action.startswith("s3:") for action in statement["Action"]):
            yield statement | {"Sid": f"{statement['Sid']} of {role}", "Principal": {"AWS": [f"arn:aws:iam:::user/{role}"]}}


def main():
    owner = client("AKIDEXAMPLE", "secret")
    owner.create_bucket(Bucket=BUCKET)
    clients = {}
    for role in ROLES:
        subprocess.run(
            ["radosgw-admin", "user", "create", f"--uid={role}", f"--display-name={role}", f"--access-key=AK{role}", "--secret=secret"],
            check=True, stdout=subprocess.DEVNULL, timeout=90)
        clients[role] = client(f"AK{role}", "secret")
    policy = {"Version": "2012-10-17", "Statement": [statement for role in ROLES for statement in statements(role)]}
    owner.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps(policy))
    iam_objects.check(clients, owner, BUCKET, PREFIX)
    for role in ROLES:
        s3 = clients[role]
        expect(False, role, "ListBucket elsewhere", lambda: s3.list_objects_v2(Bucket=BUCKET, Prefix="other/"))
        try:
            s3.get_object(Bucket=BUCKET, Key=f"{PREFIX}/keys/7")
        except s3.exceptions.NoSuchKey:
            continue
        fail(f"{role}: of a record that is not there it is not said that it is not there")
    print("iam-ceph: each role has its rights on objects, and not the others', as Ceph reads the policies")


main()
