"""Lives under faults by chance."""
import fault_kinds as faults
from fault_kinds import refusal
from holdfast_driver import need

DOCUMENTED = {0, 1, 3, 6, 10, 12, 13, 14, 15, 16, 17, 20, 21, 22}


def fault_at_random(chance):
    return chance.choice((
        faults.lost_request, faults.lost_answer, faults.cut_upload, faults.cut_answer, faults.short_answer, faults.closed_afterwards,
        faults.slow(0.1), refusal(503, "SlowDown"), refusal(400, "ThrottlingException"), refusal(500, "InternalError"),
        refusal(500, "KMSInternalException"), refusal(400, "ExpiredTokenException"), refusal(400, "ExpiredToken"),
        refusal(403, "AccessDenied"), refusal(400, "AccessDeniedException")))


def weather_at_random(life):
    """Up to two faults for each service: now and then, or at all calls."""
    chance = life.random
    life.clear()
    for service in life.proxies:
        for _ in range(chance.choice((0, 1, 1, 2))):
            share = chance.choice((0.1, 0.3, 1))
            service.add(fault_at_random(chance), lambda _, share=share: chance.random() < share, times=chance.choice((1, 3, 9, None)), must_fire=False)


def act_at_random(life):
    """Some command, under some weather. Whatever it says it did has to be so."""
    chance = life.random
    cmk = chance.choice(life.cmks)
    act = chance.choice(("backup", "backup", "restore", "prove", "rotate", "rewrap", "list", "check", "prune", "hold"))
    if act == "backup":
        return life.backup(code=DOCUMENTED)
    if act == "restore" and life.acknowledged:
        return life.restore(chance.choice(list(life.acknowledged)), code=DOCUMENTED)
    if act == "prove":
        result = life.run("keys", "check", "--prove", cmk, code=DOCUMENTED)
        if result.code == 0:
            need(cmk != life.cmks[-1], f"FALSE SAFE: it is active: {result}")
            restore_all_without(life, cmk)
        return result
    words = {"rotate": ("keys", "rotate", "--to", life.cmks[-1]), "rewrap": ("keys", "rewrap", "--from", life.cmks[0], "--to", life.cmks[-1]),
             "list": ("keys", "list"), "check": ("check", "--read-data"), "prune": ("prune", "--yes"),
             "hold": ("hold", "add", "case", life.newest)}.get(act, ("snapshots",))
    return life.run(*words, code=DOCUMENTED)


def restore_all_without(life, cmk):
    life.clear()
    arn = cmk.removeprefix("aws-kms:")
    life.kms.add(refusal(400, "AccessDeniedException"), lambda call: call.name == "Decrypt" and arn in call.text, times=None, must_fire=False)
    for snapshot in life.acknowledged:
        life.restore(snapshot)


def at_random(life):
    """Whatever the weather: what is acknowledged is there and comes back, nothing is called safe that is needed, and all ends by itself."""
    life.begin()
    life.backup()
    life.rotate()
    for step in range(14):
        if step == 7:
            life.clear()
            life.rotate()
        weather_at_random(life)
        result = act_at_random(life)
        need(result.code == 0 or result.err.strip() or result.out.strip(), f"it failed without a word: {result}")
    life.settle(exactly=False)
    life.backup()
    life.rotate()
    life.backup()
    life.settle(exactly=False)
    proven(life)


def proven(life):
    """In fair weather, after all that: what is called safe to delete for good is needed by nothing."""
    former = life.cmks[0]
    life.run("keys", "rewrap", "--from", former, "--to", life.cmks[-1])
    result = life.run("keys", "check", "--prove", former)
    restore_all_without(life, former)
    return result
