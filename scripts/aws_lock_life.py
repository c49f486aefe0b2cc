"""A life in a bucket with Object Lock, against moto: see scripts/aws-life."""
import datetime, filecmp, os, sys

sys.dont_write_bytecode = True
import boto3
from botocore.exceptions import ClientError
from holdfast_driver import Driver, environment_of, need, workplace

MOTO, REGION = os.environ["HOLDFAST_MOTO"], "us-east-1"
ACCESS = {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_REGION": REGION}


class Life(Driver):
    def __init__(self, binary, root):
        super().__init__(binary, root, environment_of(root / "home", AWS_ENDPOINT_URL=MOTO, AWS_EC2_METADATA_DISABLED="true", **ACCESS))
        self.s3 = boto3.client("s3", endpoint_url=MOTO, region_name=REGION, aws_access_key_id="AKIDEXAMPLE", aws_secret_access_key="secret")

    def locks(self, prefix):
        """By key, until when and in which mode S3 keeps the objects under a prefix."""
        listed = self.s3.list_objects_v2(Bucket="locked", Prefix=f"shop/{prefix}").get("Contents", [])
        heads = {item["Key"]: self.s3.head_object(Bucket="locked", Key=item["Key"]) for item in listed}
        return {key: (head.get("ObjectLockMode"), head.get("ObjectLockRetainUntilDate")) for key, head in heads.items()}


def main():
    with workplace("aws-lock-life") as root:
        live(Life(sys.argv[1], root), root)
    print("aws-lock-life: nobody deletes a backup before its time, and what somebody hid comes back")


def live(life, root):
    (root / "data").mkdir()
    (root / "data" / "large").write_bytes(os.urandom(40 << 20))
    life.s3.create_bucket(Bucket="plain")
    life.s3.create_bucket(Bucket="locked", ObjectLockEnabledForBucket=True)
    refused = life.run("init", "--no-passphrase", "--repository", "s3://plain/shop", "--lock", "compliance", code=1)
    need("Object Lock" in refused.err, f"a bucket that locks nothing was taken: {refused}")
    life.run("init", "--no-passphrase", "--repository", "s3://locked/shop", "--lock", "compliance")

    first = life.json("backup", "data", "--keep", "30 days")
    expires = moment(first["expires"])
    need(moment(first["locked_until"]) == expires, f"{first}")
    hold(life, f"snapshots/{first['snapshot_id']}/", expires, exactly=True)
    hold(life, f"packs/{first['snapshot_id']}/", expires)
    need(not any(until for _, until in life.locks("checkpoints/").values()), "a checkpoint was locked")

    (root / "data" / "small").write_text("more")
    second = life.json("backup", "data", "--keep", "300 days")
    extended = [until for _, until in life.locks(f"packs/{first['snapshot_id']}/").values() if until >= moment(second["expires"])]
    need(extended, "the packs that a later snapshot refers to are not kept for as long as itself")
    hold(life, f"snapshots/{first['snapshot_id']}/", expires, exactly=True)

    later = expires + datetime.timedelta(days=60)
    life.run("snapshots", "expire", first["snapshot_id"], "--at", f"{later:%Y-%m-%dT%H:%M:%SZ}")
    hold(life, f"snapshots/{first['snapshot_id']}/", later)
    waits(life, first["snapshot_id"], later)
    tampered(life, root, first["snapshot_id"])


def moment(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def hold(life, prefix, date, exactly=False):
    locks = life.locks(prefix)
    need(locks and all(mode == "COMPLIANCE" and (until == date if exactly else until >= date) for mode, until in locks.values()),
         f"{prefix} is not kept until {date}: {locks}")


def waits(life, snapshot, date):
    """Forgotten by hand it lies in the trash until the lock ends; a prune after the grace time and before that leaves it."""
    life.run("forget", snapshot)
    trash = next(row for row in life.json("snapshots") if row["id"] == snapshot)
    need(trash["state"] == "trash" and moment(trash["locked_until"]) == date, f"{trash}")
    early = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=20)
    need(life.json("--time", f"{early:%Y-%m-%dT%H:%M:%SZ}", "prune")["purged"] == [], "prune did not wait for the lock")
    life.run("undelete", snapshot, "--hold", "case-7")


def tampered(life, root, snapshot):
    """Somebody with every right deletes it all: versions stay, and what hides them is taken away."""
    listed = [item["Key"] for page in life.s3.get_paginator("list_objects_v2").paginate(Bucket="locked") for item in page["Contents"]]
    for key in listed:
        if "/snapshots/" not in key and "/packs/" not in key:
            continue
        version = life.s3.head_object(Bucket="locked", Key=key)["VersionId"]
        try:
            life.s3.delete_object(Bucket="locked", Key=key, VersionId=version)
            need(False, f"a version of {key} was deleted while it was locked")
        except ClientError as error:
            need(error.response["Error"]["Code"] == "AccessDenied", f"{error}")
        life.s3.delete_object(Bucket="locked", Key=key)
    alarm = life.run("check", code=15)
    need(snapshot[:8] in alarm.text, f"nobody noticed: {alarm}")
    markers = life.s3.list_object_versions(Bucket="locked", Prefix="shop/").get("DeleteMarkers", [])
    for marker in markers:
        if marker["IsLatest"]:
            life.s3.delete_object(Bucket="locked", Key=marker["Key"], VersionId=marker["VersionId"])
    life.run("check", "--read-data")
    life.run("restore", snapshot, "--target", "out")
    need(filecmp.cmp(root / "data" / "large", root / "out" / str(root / "data" / "large").lstrip("/"), shallow=False), "another file came back")


main()
