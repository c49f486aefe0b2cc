"""Uploads the same packs with boto3's multipart transfers and with S3Store, by turns, and prints the ratio: see bench-s3."""

import io
import os
import re
import statistics
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import boto3
from boto3.s3.transfer import TransferConfig
from botocore.config import Config

url, bench, count, size, width = sys.argv[1], sys.argv[2], *map(int, sys.argv[3:6])
bucket = f"bench-{os.urandom(8).hex()}"
client = boto3.client(
    "s3", endpoint_url=url, region_name="us-east-1",
    config=Config(s3={"addressing_style": "path"}, max_pool_connections=32, retries={"max_attempts": 1}))
client.create_bucket(Bucket=bucket)
# The AWS CLI's own settings: parts of 8 MiB, ten at once.
transfer = TransferConfig(multipart_threshold=8 << 20, multipart_chunksize=8 << 20, max_concurrency=10)


# The server that keeps nothing is the one that nothing can be read back from.
if len(sys.argv) > 6 and sys.argv[6] == "verify":
    subprocess.run([bench, "verify", url, f"s3://{bucket}/verified"], check=True)


def plain():
    """Megabytes a second."""
    filling = os.urandom(size)

    def upload(number):
        body = io.BytesIO(number.to_bytes(8, "little") + filling[8:])
        client.upload_fileobj(body, bucket, f"plain/{os.urandom(4).hex()}-{number}", Config=transfer)

    start = time.monotonic()
    with ThreadPoolExecutor(width) as pool:
        list(pool.map(upload, range(count)))
    return count * size / 1e6 / (time.monotonic() - start)


def ours():
    """Megabytes a second, and the memory that it took."""
    line = subprocess.run(
        [bench, "upload", url, f"s3://{bucket}/ours", str(count), str(size), str(width)],
        check=True, capture_output=True, text=True).stdout
    speed, memory = re.search(r"(\d+) MB/s, peak (\d+) kB", line).groups()
    return float(speed), int(memory)


plain_speeds, our_speeds, memory = [], [], 0
for _ in range(3):
    plain_speeds.append(plain())
    speed, peak = ours()
    our_speeds.append(speed)
    memory = max(memory, peak)
print("plain client (boto3):", " ".join(f"{speed:.0f}" for speed in plain_speeds), "MB/s")
print("S3Store:             ", " ".join(f"{speed:.0f}" for speed in our_speeds), "MB/s")
print(f"ratio of medians: {statistics.median(our_speeds) / statistics.median(plain_speeds):.0%}"
      f" (at least 80% is wanted), S3Store's memory at most {memory // 1024} MB, {count} packs of {size >> 20} MiB, {width} at once")
