"""A force's own slang and prompt texts, laid over the shipped markers; a bad overlay is refused whole."""

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from server.adapters.language.files import Mistakes, Page, read_page
from server.adapters.language.knowledge import (
    Knowledge,
    MarkerRules,
    check_rule_ids,
    knowledge,
    rules_on,
)
from server.adapters.language.marker_heads import check_prompt
from server.adapters.language.patterns import Grammar
from server.domain.ids import MarkerId
from server.domain.markers import PromptTexts

OVERLAY_KEYS = frozenset({"id", "prompts", "rules", "examples", "near_misses"})
PROMPT_NAMES = ("ask", "yes_no", "handler", "specialist")


@lru_cache(maxsize=64)
def known_in(markers_dir: Path, overlay_dir: Path | None) -> tuple[Knowledge, tuple[str, ...]]:
    """The knowledge of two folders, and why the second is refused. Raises `BadMarkers` for the first."""
    known = knowledge(markers_dir)
    return (known, ()) if overlay_dir is None else overlaid(known, overlay_dir)


def overlaid(known: Knowledge, overlay_dir: Path) -> tuple[Knowledge, tuple[str, ...]]:
    """The knowledge with the overlay on it; or as it was, and every reason why the overlay is refused."""
    mistakes = Mistakes()
    pages = [read_page(file, mistakes) for file in sorted(overlay_dir.glob("*.yaml"))]
    markers = dict(known.markers)
    for page in pages:
        marker = MarkerId(page.text("id"))
        if marker not in markers:
            page.wrong(f"expected the id of a shipped marker, found {marker!r}", "id")
            continue
        markers[marker] = _laid_over(page, markers[marker], known.grammar)
    if mistakes.found:
        return known, tuple(mistakes.found)
    shipped = {rule.id for one in known.markers.values() for rule in one.rules}
    own = frozenset(rule.id for one in markers.values() for rule in one.rules) - shipped
    return replace(known, markers=markers, own=own), ()


def _laid_over(page: Page, base: MarkerRules, grammar: Grammar) -> MarkerRules:
    page.only(OVERLAY_KEYS)
    rules = [rule for at in page.items("rules") for rule in rules_on(page, grammar, base.marker.id, at)]
    check_rule_ids(page, [rule.id.rpartition("/")[2] for rule in base.rules])
    prompts = PromptTexts(**dict(_texts(page, base.marker.prompts)))
    return replace(
        base,
        marker=replace(base.marker, prompts=prompts),
        rules=(*base.rules, *rules),
        examples=(*base.examples, *page.texts("examples")),
        near_misses=(*base.near_misses, *page.texts("near_misses")),
    )


def _texts(page: Page, shipped: PromptTexts) -> Iterator[tuple[str, str]]:
    page.only(frozenset(PROMPT_NAMES), "prompts")
    for name in PROMPT_NAMES:
        if name in page.mapping("prompts"):
            text = page.text("prompts", name)
            check_prompt(page, name, text)
            yield name, text
        else:
            yield name, getattr(shipped, name)
