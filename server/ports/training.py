"""What training needs of the world: scripts to play, and a line to play them into."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol

from server.domain.callscript import CallScript
from server.domain.ids import CallId, ForceId, PersonId
from server.domain.speech import Party

Gate = Callable[[int], Awaitable[None]]
"""Asked before each moment of the sound is played; it lets no more through until it returns."""


class NoScript(Exception):
    """There is no such script, or none that can be played; the message says what is wrong with it."""


class Scripts(Protocol):
    def names(self) -> list[str]: ...

    async def read(self, name: str) -> tuple[CallScript, Mapping[Party, bytes]]:
        """Raises `NoScript`."""
        ...


class Player(Protocol):
    async def play(
        self,
        call: CallId,
        to: tuple[ForceId, PersonId | None],
        sound: Mapping[Party, bytes],
        gate: Gate,
    ) -> None:
        """Bring the call into the training room as any call comes in, and play it to its end."""
        ...
