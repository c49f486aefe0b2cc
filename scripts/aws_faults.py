"""Whole lives through the binary with what goes wrong between it and AWS: see scripts/aws-faults."""
import argparse, concurrent.futures, functools, os, sys, time

sys.dont_write_bytecode = True
import fault_lives_lasting, fault_lives_unseen  # noqa: F401
from fault_drive import BUCKET, LIVES, Life, client
from fault_lives_random import at_random
from holdfast_driver import Wrong, workplace


def chosen(options, servers):
    """The lives to be lived: function, server, seed."""
    lives = [(function, server, 0) for function, server in LIVES]
    lives += [(at_random, server, options.seed + number) for number in range(options.rounds) for server in servers]
    return [entry for entry in lives
            if entry[1] in servers and (not options.names or any(name in entry[0].__name__ for name in options.names))]


def live(binary, root, servers, entry):
    """Lives one life; answers its line, and what was wrong."""
    function, server, seed = entry
    name = f"{function.__name__}-{server}" + (f"-{seed}" if seed else "")
    began, wrong = time.monotonic(), None
    life = Life(binary, root / name, servers["moto"], servers[server], seed)
    try:
        function(life)
    except Wrong as error:
        wrong = str(error)
    finally:
        life.close()
    return f"{'FAILED' if wrong else 'ok'}  {name}: {' '.join(function.__doc__.split())}  [{time.monotonic() - began:.1f} s]", wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("binary")
    parser.add_argument("names", nargs="*", help="only the lives with one of these words in their names")
    parser.add_argument("--seed", type=int, default=1, help="of the first random life")
    parser.add_argument("--rounds", type=int, default=1, help="how many random lives on each server")
    parser.add_argument("--jobs", type=int, default=16, help="how many lives at once: most of the time they wait")
    options = parser.parse_args()
    servers = {"moto": os.environ["HOLDFAST_MOTO"]}
    if ceph := os.environ.get("HOLDFAST_CEPH"):
        servers["ceph"] = ceph
    for url in servers.values():
        client("s3", url).create_bucket(Bucket=BUCKET)
    failed, lives = 0, chosen(options, servers)
    with workplace("aws-faults") as root, concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        runs = [pool.submit(functools.partial(live, options.binary, root, servers, entry)) for entry in lives]
        for run in concurrent.futures.as_completed(runs):
            line, wrong = run.result()
            print(line, flush=True)
            if wrong:
                failed += 1
                print("".join(f"    {text}\n" for text in wrong.splitlines()), flush=True)
    print(f"aws-faults: {len(lives) - failed} lives of {len(lives)}, on {' and '.join(servers)}, with faults from --seed {options.seed} on")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
