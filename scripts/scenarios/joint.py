"""CMKs that can each go, and not both."""
import truth
from expectation import Expectation
from harness import scenario
from sandbox import Cluster, days, need

SHORT = "{items: [{every: day, keep: 5 days}], grace: 1 days}"


def under_both(stage):
    """A snapshot that was taken under the active CMK and a recovery CMK, both retired since. Answers the sandbox, keys, snapshot."""
    box = stage.sandbox(Cluster("a", SHORT), Cluster("b", SHORT))
    recovery = box.new_key("recovery")
    box.recovery = [recovery]
    box.write_project()
    box.write("a", "f", "both")
    both = box.backup("a", "--keep", "3 months")
    need(box.check(recovery, code=20)["when"]["kind"] == "waiting", "a recovery CMK that is configured can go")
    box.recovery = []
    box.write_project()
    box.now += days(1)
    box.rotate()
    box.run("keys", "retire", recovery, code=0)
    for name in box.clusters:
        box.backup(name, "--keep", "4 months")
    return box, box.keys[0], recovery, both


@scenario
def a_joint_conflict(stage):
    """Each of two CMKs is safe alone and not both: one goes, the other then stays until the snapshot is gone."""
    box, first, second, both = under_both(stage)
    answer = Expectation(box).hold_against(box)
    need(len(answer["together"]) == 1, f"{answer}")
    [conflict] = answer["conflicts"]
    need(set(conflict["keep_one_of"]) == {first, second} and conflict["snapshots"] == [both], f"{conflict}")
    text = box.run("keys", "check", code=0).out
    need("Not together: keep one of" in text and both[:8] in text, f"the conflict is not told: {text}")
    pair = box.check(first, second, code=20)
    need({row["keys"][0] for row in pair["blockers"]} <= {first, second} and pair["when"]["kind"] == "exact", f"{pair}")
    need({said["verdict"] for said in pair["alone"].values()} == {"safe_for_good"}, f"{pair}")
    box.run("keys", "delete", first, second, code=20)
    for key in (first, second):
        need(box.check(key, "--prove", code=0)["proven"], "alone it is safe")
        truth.goes_safely(stage, box, [key])
    box.run("keys", "delete", first, code=0)
    for attempt in (box.check(second, "--prove"), box.run("keys", "delete", second)):
        need((attempt["code"] if isinstance(attempt, dict) else attempt.code) == 20, f"FALSE SAFE: its cover is on its way out: {attempt}")
    # What was approved once is never again a cover, even when it is taken back.
    box.run("keys", "cancel-deletion", first, code=0)
    need(not box.restores(both), "both are enabled, and it does not come back")
    need(box.check(second, "--prove")["code"] == 20, "FALSE SAFE: a CMK that was approved for deletion once covers again")
    need(box.check(first, second, code=20)["when"]["kind"] == "exact", "a date was to be had")
    truth.date_is_exact(stage, box, second, box.check(second, code=20))


@scenario(long_seeds=6)
def two_operators_at_once(stage, seed):
    """Two operators delete one CMK each of a snapshot that only both open: never do both go."""
    box, first, second, both = under_both(stage)
    children = [box.start("keys", "delete", key) for key in (first, second)]
    codes = [child.wait(timeout=60) for child in children]
    gone = [key for key, state in Expectation(box).states.items() if state == "pending_deletion"]
    need(len(gone) <= 1, f"FALSE SAFE: both go, with exit codes {codes}")
    need(set(codes) <= {0, 1, 17, 20, 22}, f"exit codes {codes}")
    for key in gone:
        box.run("debug", "keyring", "destroy", key, code=0)
    need(not box.restores(both), "it does not come back")


@scenario
def together_is_as_many_as_can_go(stage):
    """Of three CMKs of which pairs share snapshots, what can go together goes, and nothing is lost."""
    box = stage.sandbox(Cluster("a", SHORT))
    keys = [box.keys[0]]
    for number in range(3):
        box.recovery = [box.new_key("recovery")]
        keys.append(box.recovery[0])
        box.write_project()
        box.write("a", f"f{number}", str(number))
        box.backup("a", "--keep", "2 months")
        box.recovery = []
        box.write_project()
        box.now += days(1)
        keys.append(box.rotate())
    for key in keys[:-1]:
        if key not in Expectation(box).logs["a"].retired:
            box.run("keys", "retire", key, code=0)
    answer = Expectation(box).hold_against(box, stage.random)
    need(len(answer["together"]) == 3 and len(answer["conflicts"]) == 3, f"{answer}")
    truth.goes_safely(stage, box, answer["together"], sample=4)
