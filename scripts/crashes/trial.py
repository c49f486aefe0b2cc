"""One trial of a use case: from the state before, through whatever disturbs it, to the end that an undisturbed run comes to."""
import json

from box import manifest_of
from holdfast_driver import need


def _answer(out):
    """What kind of answer stands at the end of what was printed; None: none, or one that was cut off."""
    try:
        document = json.loads(out.splitlines()[-1])
    except (ValueError, IndexError):
        return None
    return (document.get("message_type"), *sorted(document)) if isinstance(document, dict) else None


class Trial:
    """A use case in a box, made ready; and what an undisturbed run of it leaves."""

    def __init__(self, case, box):
        self.case, self.box = case, box
        case.make(box)
        box.reset()
        done = box.attempt(case.words(box))
        need(done.code == case.code, f"undisturbed, it fails: {done}")
        self.said = _answer(done.out)
        self.calls = box.shim.calls
        box.acknowledge(done.out)
        self.wanted = self._end()

    @property
    def is_restore(self):
        return self.case.name.startswith("restore")

    def begin(self):
        self.box.reset()
        return self.case.words(self.box)

    def settle(self, result):
        """After whatever has disturbed it: what was said holds; run again, it comes to the end that it always comes to."""
        self.box.acknowledge(result.out)
        self.box.judge(alerts=self.case.alerts)
        # A restore promises nothing of the files' future: run again, it looks at them.
        if (result.code == 0 or self.has_said(result)) and not self.is_restore:
            self.hold_against_wanted()
        again = self.box.attempt(self.case.words(self.box))
        need(again.code in self.case.again, f"run again, it fails: {again}\nafter {result}")
        self.box.acknowledge(again.out)
        self.hold_against_wanted()

    def has_said(self, result):
        """Whether it had answered before it died: from then on what it says is promised."""
        return result.code is None and self.said is not None and _answer(result.out) == self.said

    def hold_against_wanted(self):
        found = self._end()
        for what, wanted in self.wanted.items():
            # Of what was begun and taken back a log tells more.
            is_right = set(wanted) <= set(found[what]) if what == "records" else wanted == found[what]
            need(is_right, f"{what}: {found[what]}\nafter an undisturbed run: {wanted}")

    def _end(self):
        """Everything is in order, and nothing is left over."""
        box = self.box
        if self.is_restore:
            need(manifest_of(box.root / "target") == manifest_of(box.source), "the target is not what was backed up")
        box.tidy()
        box.judge()
        return box.facts()
