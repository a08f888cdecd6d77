"""What is checked of forces before the server starts, beyond their files' own shape."""

from pathlib import Path

from server.settings import Settings
from server.settings.model import Forces
from server.wiring.checks import mistakes_in, skills_without_markers

ROOT = Path(__file__).parents[2]
FORCE = """
id = "midshire"
name = "Midshire Police"
numbers = ["+441632960001"]
[[desks]]
dial = "queue:first"
handler = "jo"
[skills]
child = ["child_harm", "tantrum"]
"""


def test_a_skill_for_a_marker_that_there_is_not_is_said(tmp_path: Path) -> None:
    (tmp_path / "midshire.toml").write_text(FORCE)
    made = Settings(root=ROOT, forces=Forces(folder=tmp_path))
    assert skills_without_markers(made) == ["midshire: skills.child: there is no marker tantrum"]
    (tmp_path / "midshire.toml").write_text("not toml")
    assert skills_without_markers(made) == []


def test_the_sample_forces_can_be_used_as_they_are() -> None:
    made = Settings(root=ROOT, forces=Forces(folder=Path("config/forces/samples")))
    unsure = frozenset({"speech", "reading", "store", "bus"})
    assert mistakes_in(made, needs_token=False, unsure=unsure) == []
    assert skills_without_markers(made) == []
