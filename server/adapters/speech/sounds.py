"""What is heard on a leg beside words: each is a doubt, and nobody listens for them on a handler's leg."""

from server.adapters.speech.cries import Cries
from server.adapters.speech.hush import Hush
from server.adapters.speech.knocks import Knocks
from server.adapters.speech.looks import Looking
from server.domain.sounds import SoundHeard
from server.domain.speech import AudioFrame, Party
from server.ports.speech import CryHeard


class Sounds:
    """Serves one leg from its first frame."""

    def __init__(self) -> None:
        self._looking = Looking()
        self._cries, self._knocks, self._hush = Cries(), Knocks(), Hush()

    def hear(self, frame: AudioFrame) -> tuple[CryHeard | SoundHeard, ...]:
        """What the sound up to this frame shows, and has not shown before."""
        if frame.party is Party.HANDLER:
            return ()
        looks = self._looking.take(frame)
        if looks is None:
            return ()
        alone = (self._cries.hear(looks), self._hush.hear(looks))
        return (*self._knocks.hear(looks), *(one for one in alone if one is not None))

    def end(self) -> tuple[SoundHeard, ...]:
        """What stands when no more sound comes: nobody waits for what would have been next in a row."""
        looks = self._looking.rest()
        heard = self._knocks.hear(looks) if looks is not None else ()
        return (*heard, *self._knocks.end())
