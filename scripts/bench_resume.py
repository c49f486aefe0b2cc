"""Backups and restores that are killed halfway and run again: how much of their work is done twice."""
import os

from bench_tools import Interruption, stored_bytes


def measure(corpus, tool, place, figures):
    """Adds what the second runs cost, and which share of the tree both runs together read or wrote beyond it. `place` gives directories that
    nothing was ever in. Answers where the tree is restored."""
    name, size = corpus.name, stored_bytes(corpus.tree)
    tool.begin(place("interrupted"), corpus.tree, corpus.is_database)
    first, second = tool.backup(Interruption("read", size // 2)), tool.backup()
    figures.add(name, "backup, killed halfway", tool.name, second)
    figures.add_repeated(name, "backup, killed halfway", tool.name, (first.read + second.read - size) / size)
    target = place("target")
    os.makedirs(target)
    first, second = tool.restore(target, until=Interruption("written", size // 2)), tool.restore(target)
    figures.add(name, "restore, killed halfway", tool.name, second)
    figures.add_repeated(name, "restore, killed halfway", tool.name, (first.written + second.written - size) / size)
    return target
