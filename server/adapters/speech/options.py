"""How the node hears: plain numbers, each with a default that suits a control room."""

import os
from dataclasses import dataclass, field
from pathlib import Path


def workers_for_this_machine() -> int:
    """One worker per core less one, for the node itself; at least one."""
    return max(1, len(os.sched_getaffinity(0)) - 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class HearingOptions:
    model: Path
    workers: int = field(default_factory=workers_for_this_machine)
    spares: int = 1
    """Workers with the model loaded and no legs, so that a replacement listens at once."""
    threads: int = 2
    """Recognisers that may run at once in a worker."""
    block_ms: int = 100
    stall_s: float = 2.0
    """A worker that answers nothing for this long after it was fed is replaced."""
    stuck_s: float = 2.0
    """So is one that leaves one leg without an answer for this long and answers the others out of turn."""
    start_s: float = 120.0
    """A worker that has not loaded its model by then is given up."""
    tries: int = 5
    """Replacements in a row, without getting any further, before a leg's hearing is lost."""
    monologue_s: float = 15.0
    """Speech unsettled for this long is made to settle."""
    retain_s: float = 60.0
    """Sound held per leg at most; beyond it no more is taken in, and the sound waits upstream."""
    flush_s: float = 5.0
    """When the sound has ended and no more was heard of it for this long, the rest is given up.

    While no worker listens they are waited for, one start of a worker at most.
    """
    niceness: int = 0
    """How far the workers step back for others, 0 to 19: live calls are heard at 0."""
    max_age_s: float = 6 * 3600.0
    max_growth_mb: int = 1024
    """A worker grown by this much since it was ready is replaced between utterances."""
