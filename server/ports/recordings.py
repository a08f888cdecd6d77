"""Recordings: a call's sound as it was kept, for those who hear it again."""

from collections.abc import Mapping
from typing import Protocol

from server.domain.ids import CallId
from server.domain.speech import Party


class NoRecording(Exception):
    """No sound is kept of this call, or none that can be read; the message says which, without names."""


class Recordings(Protocol):
    async def sound(self, call: CallId) -> Mapping[Party, bytes]:
        """Each party's sound from the call's beginning, 16-bit mono at 8 kHz, silence where nothing was kept.

        Raises `NoRecording`.
        """
        ...
