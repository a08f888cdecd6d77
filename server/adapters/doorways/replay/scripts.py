"""The scripts that lie in a folder, each with its sound beside it, and a way to play sound into a room."""

import asyncio
from collections.abc import Mapping
from pathlib import Path

from server.adapters.doorways.replay.files import read_recording
from server.adapters.doorways.replay.player import Playing, ReplayDoorway
from server.adapters.doorways.replay.wav import BadSound, Legs
from server.domain.callscript import BadScript, CallScript, read_script
from server.domain.ids import CallId, ForceId, PersonId
from server.domain.speech import Party
from server.ports.training import Gate, NoScript
from server.services.switchboard import Arrival

DOORWAY = "exercise"


class ScriptFolders:
    """Implements `Scripts`; a name that two folders hold is the first one's."""

    def __init__(self, *folders: Path) -> None:
        self._folders = folders

    def names(self) -> list[str]:
        return sorted(self._found())

    async def read(self, name: str) -> tuple[CallScript, Mapping[Party, bytes]]:
        path = self._found().get(name)
        if path is None:
            raise NoScript("There is no such script.")
        return await asyncio.to_thread(_read, path)

    def _found(self) -> dict[str, Path]:
        found: dict[str, Path] = {}
        for folder in self._folders:
            for path in sorted(folder.glob("*.call")) if folder.is_dir() else ():
                found.setdefault(path.stem, path)
        return found


class ReplayPlayer:
    """Implements `Player` by the replay doorway."""

    def __init__(self, doorway: ReplayDoorway) -> None:
        self._doorway = doorway

    async def play(
        self,
        call: CallId,
        to: tuple[ForceId, PersonId | None],
        sound: Mapping[Party, bytes],
        gate: Gate,
    ) -> None:
        force, handler = to
        arrival = Arrival(call=call, force=force, doorway=DOORWAY, handler=handler)
        legs = Legs(caller=sound.get(Party.CALLER, b""), handler=sound.get(Party.HANDLER, b""))
        await self._doorway.play(arrival, legs, Playing(gate=gate))


def _read(path: Path) -> tuple[CallScript, Mapping[Party, bytes]]:
    try:
        script = read_script(path.read_text(encoding="utf-8"))
        legs = read_recording(path)
    except (BadScript, BadSound, OSError, UnicodeDecodeError) as bad:
        raise NoScript(f"The script cannot be played: {bad}.") from None
    return script, {Party.CALLER: legs.caller, Party.HANDLER: legs.handler}
