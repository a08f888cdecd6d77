"""What is kept of links into video."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from server.domain.ids import CallId, LinkId
from server.domain.video_links import Closing, VideoLink


class LinksLost(Exception):
    """Links could not be read or written."""


class LinkBook(Protocol):
    """Links by the hash of what stands in their address; the address itself is kept nowhere."""

    async def add(self, link: VideoLink, *, token_hash: str) -> None: ...

    async def find(self, token_hash: str) -> VideoLink | None: ...

    async def link(self, link: LinkId) -> VideoLink | None: ...

    async def bind(self, link: LinkId, *, browser_hash: str, at: datetime) -> bool:
        """Give it to this browser, if no browser has it and it can still be opened; whether that was done."""
        ...

    async def close(self, link: LinkId, why: Closing) -> bool:
        """Whether this closed it; closing twice is closing once."""
        ...

    async def of_call(self, call: CallId) -> Sequence[VideoLink]:
        """The oldest first."""
        ...

    async def of_room(self, room: CallId) -> Sequence[VideoLink]:
        """The oldest first."""
        ...

    async def forget(self, call: CallId) -> None:
        """Nothing of the call's links is left."""
        ...
