"""What the documents name exists, and what exists is named."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
ARCHITECTURE = (ROOT / "server/ARCHITECTURE.md").read_text()
COMMANDS = (
    "serve",
    "demo",
    "replay",
    "analyse",
    "evaluate",
    "markers",
    "journal",
    "models",
    "users",
    "keys",
    "webhooks",
    "corrections",
    "check",
)


def test_the_readme_fits_on_its_pages() -> None:
    assert README.count("\n") <= 150


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_in_the_readme(command: str) -> None:
    assert f"`earshot {command}" in README


@pytest.mark.parametrize("document", ["README.md", "server/ARCHITECTURE.md", "server/DECISIONS.md"])
def test_what_a_document_links_to_is_there(document: str) -> None:
    path = ROOT / document
    links = re.findall(r"\]\(([^)#:]+)\)", path.read_text())
    missing = [link for link in links if not (path.parent / link).exists()]
    assert missing == []


def test_every_port_and_layer_stands_in_the_architecture() -> None:
    for folder in (
        "domain",
        "ports",
        "services",
        "adapters",
        "web",
        "consoles",
        "settings",
        "wiring",
        "demo",
    ):
        assert f"{folder}/" in ARCHITECTURE, folder


def test_files_that_the_architecture_names_exist() -> None:
    named = re.findall(r"`((?:domain|services|adapters|consoles|settings)/[\w/]+\.(?:py|js))`", ARCHITECTURE)
    assert named
    assert [name for name in named if not (ROOT / "server" / name).exists()] == []
