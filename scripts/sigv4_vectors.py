#!/usr/bin/env python3
"""Writes testdata/sigv4: what AWS's published test suite says, and what botocore, a signer that is not ours, signs.

    python3 -m venv V && V/bin/pip install botocore
    V/bin/python scripts/sigv4_vectors.py SUITE     # tests/unit/auth/aws4_testsuite of github.com/boto/botocore

What it writes is committed: the tests need neither Python nor a network.
"""
import datetime
import json
import pathlib
import random
import re
import shutil
import sys
import urllib.parse
from unittest import mock

import botocore.auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

TARGET = pathlib.Path(__file__).resolve().parent.parent / "testdata" / "sigv4"


def suite(folder):
    """Requests as they stand, the canonical request, the string to sign, the header. Left out: headers over several lines, which HTTP
    no longer has, and the token that is added after signing, which no service of ours wants."""
    cases = []
    for request in sorted(folder.rglob("*.req")):
        if request.stem in ("get-header-value-multiline", "post-sts-header-after"):
            continue
        read = lambda suffix: request.with_suffix(suffix).read_text("utf-8")
        # One case leaves it to the signer to add the token, and names that only where it is signed.
        token = re.search("^x-amz-security-token:(.*)$", read(".creq"), re.MULTILINE)
        text = read(".req").rstrip("\n") if token else read(".req")
        if token and "x-amz-security-token" not in text.lower():
            text += f"\nX-Amz-Security-Token:{token.group(1)}"
        cases.append({"name": request.stem, "request": text, "canonical": read(".creq"), "to_sign": read(".sts"),
                      "authorization": read(".authz")})
    return cases


def text(rng, alphabet, longest):
    return "".join(rng.choice(alphabet) for _ in range(rng.randint(1, longest)))


PLAIN = "abcXYZ019-_.~"
ODD = PLAIN + " +%&=?#@:;,!$'()*\"<>[]{}|\\^`/äß中😀"


def botocore_case(rng):
    service = rng.choice(["s3", "s3", "kms", "sts"])
    region = rng.choice(["us-east-1", "eu-central-1", "cn-north-1", "us-gov-west-1"])
    host = f"{service}.{region}.amazonaws.com" + rng.choice(["", ":8443"])
    # botocore takes the path as it is sent; for services but S3 it drops '.' and '..' and encodes once more.
    path = "/" + text(rng, ODD if service == "s3" else PLAIN + " ä/", 40) if rng.random() < 0.7 else "/"
    query = [[text(rng, ODD, 10), text(rng, ODD + "   ", 12)] for _ in range(rng.randint(0, 4))]
    query = [[name, value] for name, value in dict(query).items()]
    headers = {f"X-Amz-{text(rng, 'abcDEF', 6)}-{n}": "  " + text(rng, PLAIN + "  /=,", 20) + " " for n in range(rng.randint(0, 4))}
    body = bytes(rng.randrange(256) for _ in range(rng.choice([0, 0, 1, 64, 300])))
    token = text(rng, "ABCdef+/=", 60) if rng.random() < 0.5 else None
    key, secret = text(rng, "ABCDEF0123", 20), text(rng, "abcDEF+/0123", 40)
    seconds = rng.randrange(0, 4_000_000_000)
    now = datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc)
    quote = lambda value: urllib.parse.quote(value, safe="-_.~")
    url = f"https://{host}" + urllib.parse.quote(path, safe="/-_.~")
    if query:
        url += "?" + "&".join(f"{quote(name)}={quote(value)}" for name, value in query)
    method = rng.choice(["GET", "PUT", "POST", "HEAD", "DELETE"])
    request = AWSRequest(method=method, url=url, data=body, headers=dict(headers))
    request.context["client_config"] = mock.Mock(s3={"payload_signing_enabled": True})
    signer = (botocore.auth.S3SigV4Auth if service == "s3" else botocore.auth.SigV4Auth)(
        Credentials(key, secret, token), service, region)
    with mock.patch.object(botocore.auth, "get_current_datetime", return_value=now):
        signer.add_auth(request)
    return {"service": service, "region": region, "host": host, "method": method, "path": path, "query": query,
            "headers": [[name, value] for name, value in headers.items()], "body": body.hex(), "access_key": key,
            "secret_key": secret, "token": token, "seconds": seconds, "authorization": request.headers["Authorization"]}


def write(name, cases):
    lines = ",\n".join(json.dumps(case, ensure_ascii=True) for case in cases)
    (TARGET / name).write_text(f'{{"cases":[\n{lines}\n]}}\n')


def main():
    folder = pathlib.Path(sys.argv[1])
    TARGET.mkdir(parents=True, exist_ok=True)
    write("aws-suite.json", suite(folder))
    for notice in ("LICENSE", "NOTICE"):
        shutil.copy(folder / notice, TARGET / notice)
    rng = random.Random(4)
    write("botocore.json", [botocore_case(rng) for _ in range(60)])


if __name__ == "__main__":
    main()
