"""What `keys audit` and `status` say when something threatens backups: once, again each day where it is critical, and once when it is over."""
import http.server, json, shutil, threading

import keyring
from harness import scenario
from sandbox import Cluster, days, minutes, need, stamp
from store import Store

POLICY = "{items: [{every: day, keep: 5 days}], grace: 1 days}"


def watched(stage):
    """A cluster with a snapshot under a retired CMK, and a command that is told of alerts. Answers the sandbox, CMK and snapshot."""
    box = stage.sandbox(Cluster("a", POLICY))
    box.top = f'on_alert: [sh, -c, "cat >> {box.root}/news; echo >> {box.root}/news"]'
    box.write_project()
    old = box.backup("a", "--keep", "1 years")
    box.now += days(1)
    box.rotate()
    box.backup("a", "--keep", "2 years")
    need(box.run("keys", "audit").code == 0 and not news(box), "an alert where all is well")
    return box, box.keys[0], old


def news(box):
    path = box.root / "news"
    told = [json.loads(line) for line in path.read_text().splitlines() if line] if path.exists() else []
    path.unlink(missing_ok=True)
    return told


def audit(box, code):
    """The audit's own document, held against what the command was told."""
    document = box.run("keys", "audit", "--json", code=code).json()
    has_news = bool(document["raised"] or document["repeated"] or document["resolved"])
    told = news(box)
    need(len(told) == has_news and (not told or told[0]["raised"] == document["raised"]), f"news {document} and told {told}")
    return document


def a_life(box, kind, subject, *, code=6):
    """An alert is raised once, told again after a day and not before, shown by status, and told once when it is over."""
    document = audit(box, code)
    need(document["raised"] == [f"{kind} {subject}"], f"{kind} {subject} was to be raised: {document}")
    alert = next(alert for alert in document["alerts"] if alert["kind"] == kind)
    need(alert["next"] and alert["level"] == "critical", f"what to do next? {alert}")
    status = box.run("status", code=6)
    need("CRITICAL: " in status.out and all(step in status.out for step in alert["next"]), f"{status}")
    box.now += minutes(22 * 60)
    document = audit(box, code)
    need(not document["raised"] and not document["repeated"], f"told again within a day: {document}")
    box.now += minutes(2 * 60 - 1)  # a daily timer that comes a minute earlier
    document = audit(box, code)
    need(document["repeated"] == [f"{kind} {subject}"], f"not told again after a day: {document}")
    return alert


def is_over(box, kind, subject):
    document = audit(box, 0)
    need(document["resolved"] == [f"{kind} {subject}"], f"not told that it is over: {document}")
    document = audit(box, 0)
    need(not document["resolved"], f"told twice that it is over: {document}")
    need("CRITICAL" not in box.run("status", code=0).out, "status still shows it")


@scenario
def a_needed_cmk_is_disabled(stage):
    """A disabled CMK that snapshots need is a critical alert, old CMK or active, with the command that ends it."""
    box, key, old = watched(stage)
    for disabled in box.keys:
        keyring.set_state(box, disabled, "disabled")
        alert = a_life(box, "cmk-disabled", disabled)
        need(alert["next"] == [f"holdfast keys enable {disabled}"], f"{alert}")
        box.run(*alert["next"][0].split()[1:], code=0)
        is_over(box, "cmk-disabled", disabled)


@scenario
def a_needed_cmk_is_about_to_be_deleted(stage):
    """A CMK that somebody schedules for deletion in the key manager itself, while snapshots need it, is the loudest alert."""
    box, key, old = watched(stage)
    date = stamp(box.now + days(20))
    keyring.set_state(box, key, "pending_deletion", date)
    need(box.check(key)["code"] == 20, "pending deletion, and no longer needed")
    alert = a_life(box, "cmk-pending-deletion", key)
    need(date[:10] in alert["message"] and "1 snapshot" in alert["message"], f"{alert}")
    for command in alert["next"]:
        box.run(*command.split()[1:], code=0)
    is_over(box, "cmk-pending-deletion", key)
    need(not box.restores(old), "it does not come back")


@scenario
def a_needed_cmk_is_gone(stage):
    """Snapshots of which every CMK is destroyed are told as lost, with what to do; forgotten and purged, the alert is over."""
    box, key, old = watched(stage)
    box.run("debug", "keyring", "destroy", key, code=0)
    alert = a_life(box, "snapshot-lost", "a")
    need(old[:8] in alert["message"], f"{alert}")
    answer = box.check(key, code=22)
    need([row["id"] for row in answer["lost"]] == [old], f"{answer}")
    proven = box.run("keys", "check", key, "--prove", code=0).out
    need(proven.startswith("Safe for good: every snapshot that is not lost already") and old[:8] in proven, proven)
    need("Lost already" in box.run("keys", "check", code=0).out, "what can go is told, and not what is lost")
    box.run(*alert["next"][0].split()[1:], code=0)
    box.now += days(2)
    box.prune()
    is_over(box, "snapshot-lost", "a")


@scenario
def what_is_not_what_it_was(stage):
    """A snapshot that is gone, or a cluster that cannot be read, is a critical alert in words that name it."""
    box, key, old = watched(stage)
    folder = box.store("a") / "snapshots" / old
    folder.rename(box.root / "hidden")
    alert = a_life(box, "unreadable", "a")
    need(old[:8] in alert["message"] and "--cluster a" in alert["next"][0], f"{alert}")
    (box.root / "hidden").rename(folder)
    is_over(box, "unreadable", "a")
    box.store("a").rename(box.root / "away")
    document = audit(box, 6)
    need(document["raised"] == ["unreadable a"] and not document["complete"], f"{document}")
    (box.root / "away").rename(box.store("a"))
    is_over(box, "unreadable", "a")


@scenario
def reminders(stage):
    """A rotation that is due is told weekly, a CMK that has become free once, a guard that holds as a warning; none is critical."""
    box, key, old = watched(stage)
    box.now += days(95)
    document = audit(box, 0)
    need(f"rotation-due {box.keys[1]}" in document["raised"], f"{document}")
    box.now += days(6)
    need(not audit(box, 0)["repeated"], "reminded within a week")
    box.now += days(2)
    need(audit(box, 0)["repeated"] == [f"rotation-due {box.keys[1]}"], "not reminded after a week")
    box.run("forget", old, code=0)
    box.now += days(2)
    box.prune()
    need(f"retired-unneeded {key}" in audit(box, 0)["raised"], "that a CMK is free is not told")
    box.now += days(30)
    need(f"retired-unneeded {key}" not in audit(box, 0)["repeated"], "that a CMK is free is told again")
    box.rotate()
    document = audit(box, 0)
    need(f"rotation-due {box.keys[1]}" in document["resolved"], f"{document}")
    box.now += days(800)
    box.prune()
    need("guard-holding a/n1/data" in audit(box, 0)["raised"], "that only the guard keeps a snapshot is not told")


@scenario
def news_that_cannot_be_delivered(stage):
    """Where the alert command fails the news is told again, and the exit code says that it was not delivered."""
    box, key, old = watched(stage)
    box.top = "on_alert: [sh, -c, 'exit 3']"
    box.write_project()
    box.now += days(100)
    result = box.run("keys", "audit", code=1)
    need("on_alert failed" in result.err and "told again" in result.err, f"{result}")
    box.top = f'on_alert: [sh, -c, "cat > {box.root}/news"]'
    box.write_project()
    need(audit(box, 0)["raised"], "what was not delivered is not told again")


@scenario
def state_that_is_damaged(stage):
    """Neither a damaged memory of what was told nor a damaged witness keeps a critical alert from being told."""
    box, key, old = watched(stage)
    shutil.rmtree(box.store("a") / "snapshots" / old)
    memories = list(box.root.rglob("alerts-*.sqlite"))
    need(memories, "there is no memory of alerts")
    for memory in memories:
        memory.write_bytes(b"garbage" * 1000)
    need("told again" in box.run("keys", "audit", code=6).err and news(box), "a damaged memory silences the alerts")
    for witness in box.root.rglob("witness.sqlite"):
        witness.write_bytes(b"garbage" * 1000)
    need(box.run("keys", "audit").code == 6 and news(box), "a damaged witness silences the alerts")


class Hook(http.server.BaseHTTPRequestHandler):
    """Keeps what is posted to it, and answers as its server is told to."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.posts.append((self.path, self.headers["Content-Type"], json.loads(body)))
        self.send_response(self.server.answer)
        if self.server.answer == 302:
            self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


@scenario
def posted_to_a_webhook(stage):
    """A webhook gets the news as the command does; refused, redirected or unanswered they are told again, and its secret is in no
    message."""
    box, key, old = watched(stage)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    server.posts, server.answer = [], 200
    threading.Thread(target=server.serve_forever, daemon=True).start()
    box.top = f"webhook: http://127.0.0.1:{server.server_port}/hooks/s3cr3t?token=s3cr3t"
    box.write_project()
    box.now += days(100)
    try:
        for server.answer in (500, 302):
            result = box.run("keys", "audit", code=1)
            need("webhook failed" in result.err and "told again" in result.err and f"127.0.0.1:{server.server_port}" in result.err,
                 f"{result}")
            need("s3cr3t" not in result.text, f"the secret is shown: {result}")
        need([path for path, _, _ in server.posts] == ["/hooks/s3cr3t?token=s3cr3t"] * 2, f"it was followed: {server.posts}")
        server.answer = 204
        document = box.run("keys", "audit", "--json", code=0).json()
        path, kind, posted = server.posts[-1]
        need(kind == "application/json" and posted["raised"] and posted["raised"] == document["raised"], f"{server.posts[-1]}")
        box.run("keys", "audit", code=0)
        need(len(server.posts) == 3, "what was told is told again")
    finally:
        server.shutdown()
        server.server_close()
    box.now += days(10)
    result = box.run("keys", "audit", code=1)
    need("webhook failed" in result.err and "s3cr3t" not in result.text, f"{result}")
