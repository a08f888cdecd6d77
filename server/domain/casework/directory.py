"""Whom people can be referred to: services by nation and need, while somebody has checked them lately."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from server.domain.casework.forms import Calls, Suggestion, heard_in
from server.domain.ids import MarkerId

CHECKED_FOR = timedelta(days=180)
"""Numbers and hours change: an entry that nobody has checked for so long is not shown."""


class Nation(StrEnum):
    ENGLAND = "england"
    WALES = "wales"
    SCOTLAND = "scotland"
    NORTHERN_IRELAND = "northern ireland"


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    id: str
    title: str
    markers: frozenset[MarkerId] = frozenset()
    """What heard on a call suggests it; a person confirms it, or ticks it without."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Helper:
    """One service."""

    id: str
    name: str
    nations: frozenset[Nation]
    needs: frozenset[str]
    number: str
    hours: str
    text: str = ""
    email: str = ""
    """Where referrals go; empty: it takes none by e-mail."""
    verified_on: date | None = None
    source: str = ""

    def shown_on(self, today: date) -> bool:
        return self.verified_on is not None and today - self.verified_on <= CHECKED_FOR


@dataclass(frozen=True, slots=True, kw_only=True)
class Directory:
    needs: tuple[Need, ...] = ()
    helpers: tuple[Helper, ...] = ()

    def helper(self, name: str, today: date) -> Helper | None:
        return next((one for one in self.helpers if one.id == name and one.shown_on(today)), None)

    def unshown(self, today: date) -> tuple[Helper, ...]:
        """Those that have to be checked before they can be shown."""
        return tuple(one for one in self.helpers if not one.shown_on(today))


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    helper: Helper
    because: tuple[str, ...]


def suggested_needs(directory: Directory, calls: Calls) -> Mapping[str, Sequence[Suggestion]]:
    """What the calls suggest, by need, with the words."""
    said = [one for one in heard_in(calls) if one.says == "says so"]
    found = {need.id: [one for one in said if one.marker in need.markers] for need in directory.needs}
    return {need: heard for need, heard in found.items() if heard}


def matches(directory: Directory, needs: Iterable[str], nation: Nation, today: date) -> list[Match]:
    """The services of this nation for what a person confirmed, the most fitting first, each with why."""
    wanted = set(needs)
    titles = {need.id: need.title for need in directory.needs}
    found = [
        Match(
            helper=helper,
            because=tuple(f"for {titles[need].lower()}" for need in titles if need in helper.needs & wanted),
        )
        for helper in directory.helpers
        if nation in helper.nations and helper.needs & wanted and helper.shown_on(today)
    ]
    return sorted(found, key=lambda match: (-len(match.because), match.helper.name))
