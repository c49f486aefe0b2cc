"""kill -9 at every call that changes something: before it, and after it."""
from shim import Fault


def trials(trial, is_all):
    return [Fault("any", number, act) for number in range(1, trial.calls["any"] + 1) for act in ("kill", "killed")]


def run(trial, fault):
    words = trial.begin()
    trial.settle(trial.box.attempt(words, fault))
