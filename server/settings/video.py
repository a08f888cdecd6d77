"""The keys of video calls."""

from pathlib import Path
from typing import Annotated

from pydantic import Field, IPvAnyAddress, SecretStr

from server.settings.section import Section
from server.settings.wording import written_as

StunUrl = Annotated[str, written_as(r"stun:[A-Za-z0-9.\-\[\]:]{1,200}", "stun:HOST[:PORT]")]
TurnUrl = Annotated[
    str,
    written_as(
        r"turns?:[A-Za-z0-9.\-\[\]:]{1,200}(\?transport=(udp|tcp))?",
        "turn:HOST[:PORT][?transport=udp] or turns:…",
    ),
]


class Video(Section):
    enabled: bool = True
    wait_s: Annotated[float, Field(ge=5, le=3600)] = 300.0
    """For how long a place is kept for whoever's connection went."""
    rooms: Annotated[int, Field(ge=1, le=1000)] = 30
    """Video calls on this node at most,"""
    participants: Annotated[int, Field(ge=2, le=16)] = 8
    """and people in one."""
    bitrate_kbit: Annotated[int, Field(ge=100, le=6000)] = 1500
    """Of each camera at most."""
    public_addresses: tuple[IPvAnyAddress, ...] = ()
    """Where browsers that come by a link reach this node's UDP, if that is not its own address."""
    stun: tuple[StunUrl, ...] = ()
    turn: tuple[TurnUrl, ...] = ()
    turn_secret: SecretStr = SecretStr("")
    """coturn's `static-auth-secret`. Never in the file: in the environment, or in `turn_secret_file`."""
    turn_secret_file: Path | None = None
    turn_minutes: Annotated[float, Field(ge=1, le=1440)] = 10.0
    """How long a browser may begin to use its credentials."""
    relay_only: bool = False
    """Whether those who come by a link send all through the relay: this node then needs no open ports."""
