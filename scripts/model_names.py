"""Holds the models to the words of docs/PROTOCOL.md and to the code: steps and rules have one name in all three, each rule is taken away by
an instance, and the Swift functions that the models name are there."""
import pathlib, re, sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
NAME = re.compile(r"\b(?:[WPHKR][0-9]+|S[0-9])\b")
SWIFT = re.compile(r"\b([A-Z][A-Za-z]+)\.([a-z][A-Za-z]+)\b(?!\.)")


def protocol_names():
    """Steps and rules as docs/PROTOCOL.md introduces them, and those of them that are rules."""
    text = (ROOT / "docs/PROTOCOL.md").read_text()
    rules = set(re.findall(r"^\| (R\d+) ", text, re.M)) | set(re.findall(r"^- \*\*(K\d+) ", text, re.M))
    return rules | set(re.findall(r"\*\*([WPHS]\d+)\b", text)), rules


def instances():
    """Name, model, expectation and flags of each line of the table, and the rules that no instance takes away."""
    found, excused = [], set()
    for line in (ROOT / "docs/model/instances.txt").read_text().splitlines():
        if line.startswith("# Not taken away: "):
            excused |= set(re.findall(r"\b[RK]\d+\b", line.split("(")[0]))
        elif line.strip() and not line.startswith("#"):
            name, _, expected, model, flags, _ = (part.strip() for part in line.split("|", 5))
            found.append((name, model, expected, flags.split()))
    return found, excused


def swift_members():
    """Every type's functions and cases, as far as a file that declares or extends the type has them."""
    members = {}
    for file in (ROOT / "Sources").rglob("*.swift"):
        text = file.read_text()
        declared = set(re.findall(r"\b(?:func|case|var|let) (\w+)", text))
        if re.search(r"\binit[(?<]", text):
            declared.add("init")
        for name in re.findall(r"\b(?:struct|class|enum|actor|protocol|extension) (?:\w+\.)*(\w+)", text):
            members.setdefault(name, set()).update(declared)
    return members


def problems():
    names, rules = protocol_names()
    table, excused = instances()
    members = swift_members()
    for path in sorted((ROOT / "docs/model").glob("*.pml")):
        text = path.read_text()
        comments = re.sub(r"\w+\.md\b", "", " ".join(re.findall(r"/\*(.*?)\*/", text, re.S)))
        for name in sorted(set(NAME.findall(comments)) | set(re.findall(r"assert\((S\d)", text))):
            if name not in names:
                yield f"{path.name} says {name}, which docs/PROTOCOL.md does not have"
        for kind, member in sorted(set(SWIFT.findall(comments))):
            if member not in members.get(kind, ()):
                yield f"{path.name} names {kind}.{member}, which is not in Sources"
        flags = set(re.findall(r"\bM_[A-Z]+\b", text)) - {"M_"}
        used = {flag[2:] for _, model, _, given in table if model == path.stem for flag in given if flag.startswith("-DM_")}
        for flag in sorted(flags ^ used):
            yield f"{path.name}: {flag} is in the model or in the table, and not in both"
    taken = set()
    for name, _, expected, flags in table:
        if re.fullmatch(r"S\d", expected) and any(flag.startswith("-DM_") for flag in flags):
            taken.add(name.split("-")[0])
    for rule in sorted(rules - taken - excused, key=lambda rule: (rule[0], int(rule[1:]))):
        yield f"{rule}: no instance takes it away"
    for rule in sorted(excused & taken):
        yield f"{rule}: an instance takes it away, although the table says that none does"
    called = [name for name, *_ in table]
    for name in sorted({name for name in called if called.count(name) > 1}):
        yield f"{name}: two instances have this name"
    told = (ROOT / "docs/model/README.md").read_text()
    for name, _, expected, flags in table:
        if any(flag.startswith("-DM_") for flag in flags) and f"\n| {name} | " not in told:
            yield f"{name}: docs/model/README.md does not tell what goes wrong"
        if expected.startswith("open ") and f"**`{name}`**" not in told:
            yield f"{name}: docs/model/README.md does not tell of this gap"


def main():
    found = list(problems())
    for problem in found:
        print(f"model: {problem}", file=sys.stderr)
    if found:
        sys.exit(1)
    print("model: steps, rules and functions have one name in the models, in docs/PROTOCOL.md and in Sources")


main()
