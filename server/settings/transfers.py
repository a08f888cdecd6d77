"""Other forces' servers, which calls are handed over to and taken over from."""

from pathlib import Path
from typing import Annotated

from pydantic import Field, IPvAnyNetwork

from server.settings.addresses import PublicUrl
from server.settings.section import Section
from server.settings.wording import written_as

Slug = Annotated[str, written_as(r"[a-z0-9-]{1,40}", "1 to 40 small letters, digits and hyphens")]
Phone = Annotated[str, written_as(r"[+\d][\d ]{4,19}", "the number of their control room")]


class TransferPeer(Section):
    id: Slug
    """What the other force is called in its own file, and in ours."""
    force: Slug
    """Ours, which shares the secret with it."""
    name: Annotated[str, Field(min_length=1, max_length=80)]
    url: PublicUrl
    phone: Phone
    """Where their control room is rung instead: always shown."""
    secret_file: Path
    """At least 24 bytes that only the two servers have; the newest first, while one is being replaced."""


class Transfers(Section):
    peers: tuple[TransferPeer, ...] = ()
    networks: tuple[IPvAnyNetwork, ...] = ()
    """Private networks that their servers may be in, then without TLS too."""
    ca_file: Path | None = None
    """The authorities whose certificates their servers have, as PEM; none: those that this machine trusts."""
    timeout_s: Annotated[float, Field(gt=0, le=60)] = 10.0
