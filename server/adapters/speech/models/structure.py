"""What a Vosk model must hold to be loaded, and whether it is only for demonstration."""

from pathlib import Path

NEEDED = ("am/final.mdl", "conf/model.conf")
FRONT_ENDS = ("conf/mfcc.conf", "conf/fbank.conf")
STATIC_GRAPH = ("graph/HCLG.fst",)
DYNAMIC_GRAPH = ("graph/HCLr.fst", "graph/Gr.fst", "graph/disambig_tid.int")
WORDS = "graph/words.txt"
WORD_TIMES = "graph/phones/word_boundary.int"
DEMONSTRATION = "demonstration"
"""A file of this name in a model says, in its own words, that real callers must not depend on it."""


def check_model(path: Path) -> list[str]:
    """What is wrong with the model at this path, a sentence each; empty if it can be loaded."""
    if not path.is_dir():
        return [f"there is no model folder at {path}"]
    problems = [f"{name} is missing" for name in NEEDED if not _whole(path / name)]
    if not any(_whole(path / name) for name in FRONT_ENDS):
        problems.append(f"{FRONT_ENDS[0]} is missing")
    if not (_all(path, STATIC_GRAPH) or _all(path, DYNAMIC_GRAPH)):
        problems.append(f"{STATIC_GRAPH[0]} is missing, and so is part of {', '.join(DYNAMIC_GRAPH)}")
    if not _whole(path / WORDS):
        problems.append(f"{WORDS} is missing")
    if not _whole(path / WORD_TIMES):
        problems.append(f"{WORD_TIMES} is missing, without which words have no exact times")
    return problems


def is_demonstration(path: Path) -> bool:
    return (path / DEMONSTRATION).exists()


def _all(path: Path, names: tuple[str, ...]) -> bool:
    return all(_whole(path / name) for name in names)


def _whole(path: Path) -> bool:
    return path.is_file() and path.stat().st_size > 0
