"""A force's own slang and prompt texts reach its calls; an overlay with mistakes is refused and said so."""

import logging
import shutil
from pathlib import Path

import pytest

from server.domain.events import PromptRaised
from server.domain.ids import CallId, ForceId, MarkerId, PersonId
from server.domain.people import Desk, Force
from server.domain.speech import Party
from server.services.switchboard import Arrival
from server.settings import Settings, load
from server.wiring.reading import overlay_folder, readers_of
from tests.services.stage import ToldTranscriber, frame, said, staged

ROOT = Path(__file__).parents[2]
SLANG = "my husband has got a gully rinser"
OVERLAY = """\
id: weapon
prompts: {handler: Say what and where.}
rules:
  - id: slang
    patterns:
      - <agent> ~3 gully rinser
examples: [my husband has got a gully rinser]
"""
NORTH, SOUTH = (
    Force(id=ForceId(name), name=name, numbers=(), desks=(Desk(dial="sip:a@b", handler=PersonId("handler")),))
    for name in ("north", "south")
)


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Settings:
    markers = ROOT / "config" / "markers"
    shutil.copytree(markers / "lexicon", tmp_path / "markers" / "lexicon")
    shutil.copy(markers / "weapon.yaml", tmp_path / "markers")
    monkeypatch.setenv("EARSHOT_READING__MARKERS", str(tmp_path / "markers"))
    monkeypatch.setenv("EARSHOT_FORCES__FOLDER", str(tmp_path))
    return load()


def lay(settings: Settings, force: Force, text: str) -> None:
    folder = overlay_folder(settings, force.id)
    folder.mkdir(parents=True)
    (folder / "weapon.yaml").write_text(text, encoding="utf-8")


async def prompts_of(settings: Settings, force: Force) -> list[str]:
    """What the handler is told on a call of this force in which its slang is said."""
    readers = readers_of(settings, [NORTH, SOUTH])
    async with staged(ToldTranscriber(at_end=[said(SLANG)]), readers=readers) as stage:
        call = CallId(f"CA-{force.id}")
        await stage.switchboard.arrive(Arrival(call=call, force=force.id, doorway="test"))
        line = await stage.switchboard.open_line(call)
        line.join(Party.CALLER)
        line.hear(frame(0))
        line.stop()
        await stage.until("CallEnded", call)
        raised = [event.prompt for event in stage.events(call) if isinstance(event, PromptRaised)]
        return [prompt.handler for prompt in raised if prompt.marker == "weapon"]


async def test_a_forces_live_calls_are_read_with_its_own_slang_and_texts(settings: Settings) -> None:
    lay(settings, NORTH, OVERLAY)
    assert await prompts_of(settings, NORTH) == ["Say what and where."]


async def test_another_forces_calls_are_read_with_the_shipped_markers(settings: Settings) -> None:
    lay(settings, NORTH, OVERLAY)
    assert await prompts_of(settings, SOUTH) == []


def test_a_bad_overlay_is_logged_and_noted_and_the_shipped_markers_stay(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    lay(settings, NORTH, "id: weapon\nprompts:\n  handler: Ask her.\n")
    with caplog.at_level(logging.ERROR):
        readers = readers_of(settings, [NORTH, SOUTH])
    assert readers.of(NORTH.id) is readers.shipped
    assert readers.shipped.markers[MarkerId("weapon")].prompts.handler != "Ask her."
    assert readers.refused == {NORTH.id: ("weapon.yaml:3: expected no gendered pronoun: say 'they'",)}
    assert [record.message for record in caplog.records] == ["overlay refused, shipped markers stay"]
    assert [note for note in readers.notes() if "north" in note.sentence] == readers.notes() != []


def test_one_forces_mistake_leaves_another_forces_overlay_in_force(settings: Settings) -> None:
    lay(settings, NORTH, "id: nonsense\n")
    lay(settings, SOUTH, OVERLAY)
    readers = readers_of(settings, [NORTH, SOUTH])
    assert set(readers.own) == {SOUTH.id}
    assert set(readers.refused) == {NORTH.id}
