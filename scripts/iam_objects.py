"""What each role may do to an object of each kind, asked of an S3 server itself: for scripts/iam-test and scripts/iam-ceph."""
import sys

from botocore.exceptions import ClientError

ROLES = ["host", "host-with-base", "prune", "key-admin", "auditor", "restore"]
OTHER, DIGEST = "f" * 32, "a" * 64
RECORDS = {"record", "eleventh"}
WRITTEN = {
    "host": {"start", "manifest", "pack", "checkpoint"}, "host-with-base": {"start", "manifest", "pack", "checkpoint"},
    "prune": {"manifest", "purge"} | RECORDS, "key-admin": {"key record", "probe"} | RECORDS, "auditor": set(), "restore": set(),
}
DELETED = {
    "host": {"checkpoint"}, "host-with-base": {"checkpoint"}, "prune": {"start", "manifest", "pack", "checkpoint", "purge"} | RECORDS,
    "key-admin": {"probe"}, "auditor": set(), "restore": set(),
}
CLEAR = {"key record", "start", "manifest", "checkpoint"} | RECORDS
READ = {role: CLEAR | {"pack", "probe", "purge", "stray"} for role in ROLES} | {
    "prune": CLEAR | {"purge"}, "auditor": CLEAR, "key-admin": CLEAR | {"probe"}}


def fail(message):
    sys.exit(f"iam-test: {message}")


def names(prefix):
    base = f"{prefix}/snapshots/{OTHER}"
    return {
        "stray": f"{prefix}/holdfast.json.x", "key record": f"{prefix}/keys/99", "start": f"{base}/0", "manifest": f"{base}/1",
        "record": f"{base}/2", "eleventh": f"{base}/11", "pack": f"{prefix}/packs/{OTHER}/{DIGEST}",
        "checkpoint": f"{prefix}/checkpoints/{OTHER}", "purge": f"{prefix}/purges/7", "probe": f"{prefix}/tmp/probe-{OTHER}", "elsewhere": "other/keys/0",
    }


def check(clients, everybody, bucket, prefix):
    """`everybody` may do anything, and tidies up."""
    kinds = names(prefix)
    for role in ROLES:
        s3 = clients[role]
        for key in kinds.values():
            everybody.put_object(Bucket=bucket, Key=key, Body=b"x")
        for kind, key in kinds.items():
            where = f"{role}, {kind}"
            expect(kind in READ[role], where, "GetObject", lambda: s3.get_object(Bucket=bucket, Key=key))
            expect(kind in WRITTEN[role], where, "PutObject", lambda: s3.put_object(Bucket=bucket, Key=key, Body=b"x"))
            expect(kind in DELETED[role], where, "DeleteObject", lambda: s3.delete_object(Bucket=bucket, Key=key))
        expect(True, role, "ListBucket", lambda: s3.list_objects_v2(Bucket=bucket, Prefix=f"{prefix}/"))
        expect(False, role, "DeleteBucket", lambda: s3.delete_bucket(Bucket=bucket))
    for key in kinds.values():
        everybody.delete_object(Bucket=bucket, Key=key)


def expect(is_allowed, where, action, call):
    try:
        call()
        answer = True
    except ClientError as error:
        code = error.response["Error"]["Code"]
        answer = code not in ("AccessDenied", "403")
        if answer:
            fail(f"{where}: {action}: {error}")
    if answer != is_allowed:
        fail(f"{where}: {action} is {'allowed' if answer else 'denied'}, and should not be")
