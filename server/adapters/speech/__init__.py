"""Engines that hear. A new engine is a module here and a line in this table."""

from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager

from server.adapters.speech.options import HearingOptions
from server.ports.speech import Transcriber


def _vosk(options: HearingOptions) -> AbstractAsyncContextManager[Transcriber]:
    from server.adapters.speech.vosk_local import VoskTranscriber

    return VoskTranscriber(options)


ENGINES: Mapping[str, Callable[[HearingOptions], AbstractAsyncContextManager[Transcriber]]] = {"vosk": _vosk}
"""By the scheme of the engine's URL, as in `vosk:models/speech/small-en-8k`; the rest is the model folder."""
