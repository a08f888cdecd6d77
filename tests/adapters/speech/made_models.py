"""Folders that have every part of a model, and no sense in any."""

from pathlib import Path

from server.adapters.speech.models.structure import FRONT_ENDS, NEEDED, STATIC_GRAPH, WORD_TIMES, WORDS


def whole_model(folder: Path, *, part_size: int) -> Path:
    for part in (*NEEDED, FRONT_ENDS[0], *STATIC_GRAPH, WORDS, WORD_TIMES):
        (folder / part).parent.mkdir(parents=True, exist_ok=True)
        (folder / part).write_bytes(bytes(part_size))
    return folder
