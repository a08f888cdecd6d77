"""A model made to search wider: the same files, and a configuration that lets fewer hypotheses go."""

import re
from pathlib import Path

CONF = Path("conf/model.conf")
WIDER: dict[str, float] = {"beam": 13.0, "lattice-beam": 6.0, "max-active": 7000}
"""Some three times the work of the live search. What is set wider already stays."""


def widened(model: Path, folder: Path) -> Path:
    """A model in `folder` that links to everything in `model` but its configuration."""
    wider = folder / model.name
    (wider / CONF.parent).mkdir(parents=True)
    for part in model.iterdir():
        if part.name != CONF.parent.name:
            (wider / part.name).symlink_to(part.resolve())
    for part in (model / CONF.parent).iterdir():
        if part.name != CONF.name:
            (wider / CONF.parent / part.name).symlink_to(part.resolve())
    (wider / CONF).write_text(_wider((model / CONF).read_text(encoding="utf-8")), encoding="utf-8")
    return wider


def _wider(conf: str) -> str:
    for name, least in WIDER.items():
        line = re.compile(rf"^--{name}=(\S+)$", re.MULTILINE)
        found = line.search(conf)
        if found is None:
            conf = f"{conf.rstrip()}\n--{name}={least:g}\n"
        elif float(found[1]) < least:
            conf = line.sub(f"--{name}={least:g}", conf)
    return conf
