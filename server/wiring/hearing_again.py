"""Ears for the second hearing and for exercises: apart from those of live calls, and behind them."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from server.adapters.doorways.ulaw import pcm_of
from server.adapters.speech import ENGINES
from server.adapters.speech.models.largest import larger_model
from server.adapters.speech.options import HearingOptions
from server.adapters.speech.wider import widened
from server.ports.speech import Transcriber
from server.services.kept_sound import KeptSound
from server.services.second_hearing import Ears, Hearers, SecondHearing
from server.settings import Settings
from server.wiring.choosing import chosen
from server.wiring.core import Core, hearing_options

NICENESS = 15
PATIENCE_S = 120.0
"""A worker that steps back for live calls may stand still for long, and is not broken for that."""


def second_hearing_of(core: Core) -> SecondHearing:
    hearers = Hearers(
        recordings=KeptSound(vault=core.vault, decode=pcm_of),
        ears=lambda: accurate_ears(core.settings),
        readers=core.readers,
    )
    return SecondHearing(core.recorder, core.store.following, hearers, core.clock)


def accurate_ears(settings: Settings) -> Ears:
    """The larger model if one is installed, else the live one with a wider search."""
    live = _quiet(hearing_options(settings))
    given = settings.review.model
    larger = settings.path(Path(given)) if given else larger_model(live.model)
    if larger is not None:
        options = replace(live, model=larger)
        return Ears(model=larger.name, how="a larger model", open=lambda: _engine(settings)(options))
    return Ears(model=live.model.name, how="a wider search", open=lambda: _wider(settings, live))


def live_model_ears(settings: Settings) -> Ears:
    """The model that hears live calls, in a process of its own that steps back for them."""
    options = _quiet(hearing_options(settings))
    options = replace(options, block_ms=settings.speech.block_ms)
    return Ears(model=options.model.name, how="as live", open=lambda: _engine(settings)(options))


def _quiet(options: HearingOptions) -> HearingOptions:
    return replace(
        options,
        workers=1,
        spares=0,
        threads=1,
        block_ms=500,
        stall_s=PATIENCE_S,
        stuck_s=PATIENCE_S,
        flush_s=PATIENCE_S,
        start_s=5 * PATIENCE_S,
        niceness=NICENESS,
    )


@asynccontextmanager
async def _wider(settings: Settings, options: HearingOptions) -> AsyncIterator[Transcriber]:
    with TemporaryDirectory(prefix="earshot-wider-") as folder:
        wider = widened(options.model.resolve(), Path(folder))
        async with _engine(settings)(replace(options, model=wider)) as transcriber:
            yield transcriber


def _engine(settings: Settings) -> Callable[[HearingOptions], AbstractAsyncContextManager[Transcriber]]:
    return chosen(ENGINES, "speech.engine", settings.speech.engine)
