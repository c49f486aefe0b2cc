"""Times keyless commands on a repository of many snapshots in S3: see scripts/bench-s3-listing."""
import argparse, concurrent.futures, os, shutil, statistics, subprocess, sys, time

sys.dont_write_bytecode = True
import boto3
import botocore.config
import fault_kinds
from fault_proxy import Proxy
from holdfast_driver import Driver, environment_of, workplace

ACCESS = {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_REGION": "us-east-1"}
COMMANDS = (("snapshots", "--json"), ("check",), ("prune", "--dry-run"), ("keys", "check"))
UNTIL = "2027-06-01"  # the day of the newest snapshot


def copy(folder, ceph, bucket):
    """All objects of a repository in a directory; answers how many."""
    client = boto3.client("s3", endpoint_url=ceph, region_name="us-east-1", aws_access_key_id="AKIDEXAMPLE", aws_secret_access_key="secret",
                          config=botocore.config.Config(max_pool_connections=32))
    client.create_bucket(Bucket=bucket)
    names = [os.path.join(place, name) for place, _, files in os.walk(folder) for name in files]

    def put(path):
        with open(path, "rb") as file:
            client.put_object(Bucket=bucket, Key="r/" + os.path.relpath(path, folder), Body=file.read())

    with concurrent.futures.ThreadPoolExecutor(32) as pool:
        for _ in pool.map(put, names):
            pass
    return len(names)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("binary")
    parser.add_argument("--snapshots", type=int, default=50_000)
    parser.add_argument("--delay", type=float, default=0, help="milliseconds before each answer, by a proxy, which takes time of its own")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    ceph = os.environ.get("HOLDFAST_CEPH")
    if not ceph:
        sys.exit("bench-s3-listing: there is no Ceph here")
    with workplace("bench-s3-listing") as root:
        subprocess.run(["scripts/generate-repository", root / "p", "--snapshots", str(options.snapshots), "--cmks", "40", "--until", UNTIL], check=True)
        began = time.monotonic()
        count = copy(root / "p" / "repository", ceph, "listing")
        print(f"{count} objects copied in {time.monotonic() - began:.0f} s", flush=True)
        shutil.rmtree(root / "p" / "repository")
        proxy = Proxy(ceph) if options.delay else None
        if proxy:
            proxy.add(fault_kinds.slow(options.delay / 1000), times=None)
        file = root / "p" / "holdfast.yaml"
        file.write_text(file.read_text().replace("./repository", "s3://listing/r"))
        measure(options, Driver(options.binary, root / "p", environment_of(
            root / "home", AWS_ENDPOINT_URL_S3=proxy.url if proxy else ceph, AWS_EC2_METADATA_DISABLED="true", **ACCESS)))


def measure(options, driver):
    for words in COMMANDS:
        seconds = []
        for _ in range(options.rounds):
            began = time.monotonic()
            result = driver.run(*words, "--time", UNTIL, code=None, limit=1800)
            seconds.append(time.monotonic() - began)
        print(f"{' '.join(words):20} exit {result.code:2}  median {statistics.median(seconds):6.1f} s, first {seconds[0]:6.1f} s", flush=True)


if __name__ == "__main__":
    main()
