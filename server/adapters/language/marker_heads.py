"""What a marker file says of the marker itself: its class, its title and its prompts, without its rules."""

import re
from pathlib import Path

from server.adapters.language.files import Mistakes, Page, read_page
from server.domain.ids import MarkerId
from server.domain.markers import PROMPT_LIMIT, Marker, MarkerClass, PromptTexts
from server.ports.language import BadMarkers

PROMPT_KEYS = frozenset({"ask", "yes_no", "handler", "specialist"})
GENDERED = re.compile(r"\b(he|she|him|her|his|hers|himself|herself)\b", re.IGNORECASE)
BLAME = re.compile(r"\bwhy (did|do|have|has|would)\s?n.t\b|\bwhy did you\b", re.IGNORECASE)


def markers_alone(markers_dir: Path) -> dict[MarkerId, Marker]:
    """Without their rules, which take seconds to compile. Raises `BadMarkers`."""
    mistakes = Mistakes()
    markers = [marker_on(read_page(file, mistakes)) for file in sorted(markers_dir.glob("*.yaml"))]
    if mistakes.found:
        raise BadMarkers("\n".join(mistakes.found))
    return {marker.id: marker for marker in markers}


def marker_on(page: Page) -> Marker:
    severity = page.text("class")
    if severity not in {"immediate", "high", "contextual"}:
        page.wrong(f"expected immediate, high or contextual, found {severity!r}", "class")
        severity = "contextual"
    return Marker(
        id=MarkerId(page.text("id")),
        severity=MarkerClass(severity),
        title=page.text("title"),
        why=page.text("why"),
        sources=page.texts("sources"),
        prompts=_prompts(page),
        order=page.number("order"),
    )


def _prompts(page: Page) -> PromptTexts:
    page.only(PROMPT_KEYS, "prompts")
    texts = {name: page.text("prompts", name) for name in sorted(PROMPT_KEYS)}
    for name, text in texts.items():
        check_prompt(page, name, text)
    return PromptTexts(**texts)


def check_prompt(page: Page, name: str, text: str) -> None:
    """What every prompt text must be (domain facts, section 8)."""
    if len(text) > PROMPT_LIMIT:
        page.wrong(f"expected at most {PROMPT_LIMIT} characters, found {len(text)}", "prompts", name)
    if GENDERED.search(text):
        page.wrong("expected no gendered pronoun: say 'they'", "prompts", name)
    if BLAME.search(text):
        page.wrong("expected no question that blames the caller", "prompts", name)
