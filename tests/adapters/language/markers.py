"""A marker folder of one made-up marker over the shipped lexicon."""

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

from tests.adapters.language.calls import MARKERS


def marker_folder(
    folder: Path, *, rules: str, unless: Sequence[str] = (), unless_nearby: Sequence[str] = ()
) -> Path:
    shutil.copytree(MARKERS / "lexicon", folder / "lexicon")
    text = (MARKERS / "weapon.yaml").read_text(encoding="utf-8")
    prompts = text[text.index("prompts:") : text.index("questions:")]
    (folder / "snark.yaml").write_text(
        "id: snark\nclass: immediate\ntitle: Snark\norder: 1\nwhy: none\nframe: opens\n"
        + prompts
        + f"unless: {json.dumps(list(unless))}\nunless_nearby: {json.dumps(list(unless_nearby))}\n"
        + f"rules:\n{rules}\nexamples: [zorb]\nnear_misses: [none]\n",
        encoding="utf-8",
    )
    return folder
