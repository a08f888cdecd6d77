"""What the demonstration plays on: a running server, and the choices of whoever started it."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console

from server.demo.seeding import SignIn
from server.domain.callscript import CallScript
from server.domain.ids import CallId
from server.ports.bus import Bus
from server.ports.journal import Journal

CALLS = Path(__file__).parent / "calls"
ORDER = ("strangulation", "child", "pizza", "burglary", "last-words")
AT_ONCE = 2
STAGGER_S = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    base_url: str
    """Where the server listens."""
    public_url: str
    """The address that it is configured with, over which signatures are made."""
    auth_token: str = field(repr=False)
    called: str = field(repr=False)
    """A number of the demonstration force, E.164."""
    journal: Journal
    bus: Bus
    sign_ins: Sequence[SignIn]
    console: Console


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    once: bool = False
    """End when the calls are done."""
    calls: tuple[str, ...] = ()
    """Which calls to play; empty for all."""
    at_once: int = AT_ONCE
    stagger_s: float = STAGGER_S
    """So that two calls do not begin on the same word."""
    speed: float = 1.0
    paint_s: float = 1.0
    """For browsers to report the last prompts that they painted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoCall:
    id: CallId
    name: str
    caller: str = field(repr=False)
    script: CallScript
    inbound: bytes = field(repr=False)
    outbound: bytes = field(repr=False)


class NoSuchCall(Exception):
    """There is no demonstration call of this name."""


def call_names(wanted: Sequence[str] = ()) -> list[str]:
    """The calls in the order in which they are played. Raises `NoSuchCall`."""
    unknown = sorted(set(wanted) - set(ORDER))
    if unknown:
        raise NoSuchCall(f"{', '.join(unknown)}: the calls are {', '.join(ORDER)}")
    return [name for name in ORDER if not wanted or name in wanted]


def new_sid() -> str:
    """An identifier of the form that Twilio gives its calls."""
    return "CA" + secrets.token_hex(16)
