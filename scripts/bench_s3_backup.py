"""A first backup into S3 beside the same bytes by boto3's multipart transfers, by turns: see bench-s3."""

import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

import boto3
from boto3.s3.transfer import TransferConfig
from botocore.config import Config

url, holdfast, megabytes, rounds = sys.argv[1], os.path.realpath(sys.argv[2]), int(sys.argv[3]), 3
client = boto3.client(
    "s3", endpoint_url=url, region_name="us-east-1",
    config=Config(s3={"addressing_style": "path"}, max_pool_connections=32, retries={"max_attempts": 1}))
transfer = TransferConfig(multipart_threshold=8 << 20, multipart_chunksize=8 << 20, max_concurrency=10)


def plain(tree, bucket):
    start = time.monotonic()
    for file in sorted(tree.iterdir()):
        client.upload_file(str(file), bucket, f"plain/{file.name}", Config=transfer)
    return megabytes * 1.048576 / (time.monotonic() - start)


def backup(work, tree, bucket, number):
    """Megabytes a second, and the most memory in MB."""
    home = work / f"project-{number}"
    home.mkdir()
    environment = os.environ | {
        "AWS_ENDPOINT_URL_S3": url, "AWS_REGION": "us-east-1", "XDG_STATE_HOME": str(home / "state"),
        "XDG_CACHE_HOME": str(home / "cache"), "HOME": str(home)}
    subprocess.run(
        [holdfast, "init", "--no-passphrase", "--repository", f"s3://{bucket}/{number}"], cwd=home, env=environment, check=True,
        capture_output=True)
    start = time.monotonic()
    process = subprocess.Popen([holdfast, "-q", "backup", str(tree)], cwd=home, env=environment)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.monotonic() - start
    if status:
        sys.exit(f"bench-s3: the backup ended with {os.waitstatus_to_exitcode(status)}")
    return megabytes * 1.048576 / seconds, usage.ru_maxrss // 1024


work = pathlib.Path(tempfile.mkdtemp(prefix="holdfast-bench-"))
try:
    tree = work / "tree"
    tree.mkdir()
    for number in range(8):
        (tree / f"file-{number}").write_bytes(os.urandom(megabytes * (1 << 20) // 8))
    plains, ours, memory = [], [], 0
    for number in range(rounds):
        bucket = f"bench-{os.urandom(8).hex()}"
        client.create_bucket(Bucket=bucket)
        plains.append(plain(tree, bucket))
        speed, peak = backup(work, tree, bucket, number)
        ours.append(speed)
        memory = max(memory, peak)
        for page in client.get_paginator("list_objects_v2").paginate(Bucket=bucket):
            for item in page.get("Contents", []):
                client.delete_object(Bucket=bucket, Key=item["Key"])
finally:
    shutil.rmtree(work, ignore_errors=True)
print("plain client (boto3):", " ".join(f"{speed:.0f}" for speed in plains), "MB/s")
print("holdfast backup:     ", " ".join(f"{speed:.0f}" for speed in ours), "MB/s")
print(f"ratio of medians: {statistics.median(ours) / statistics.median(plains):.0%} (at least 80% is wanted), "
      f"memory at most {memory} MB, {megabytes} MiB of random bytes in 8 files")
