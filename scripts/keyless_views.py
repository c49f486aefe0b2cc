"""What two readers say of a repository's snapshots without a key: keyless_views.py OURS THEIRS

OURS: `holdfast snapshots --json`; THEIRS: `docs/reader.py list`. Prints the ids, or what differs, and fails.
"""
import json, sys


def main():
    ours = {it["id"]: it for it in json.load(open(sys.argv[1]))}
    theirs = {it["id"]: it for it in map(json.loads, open(sys.argv[2]))}
    differences = [f"one of both does not know {name}" for name in sorted(ours.keys() ^ theirs.keys())]
    for name in sorted(ours.keys() & theirs.keys()):
        one, other = ours[name], theirs[name]
        differences += [f"{name}: {member} is {one.get(member)!r}, and {value!r} for the other" for member, value in other.items()
                        if one.get(member) != value]
    if differences:
        sys.exit("\n".join(differences))
    print("\n".join(sorted(ours)))


main()
