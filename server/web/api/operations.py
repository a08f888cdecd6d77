"""An operation of the API: what it is called, needs, takes and gives; served and documented from here."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from aiohttp import web

from server.domain.integrations import ApiKey, Scope
from server.web.doors import DOORS, Doors
from server.web.errors import Turned


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request, checked."""

    request: web.Request
    key: ApiKey
    query: Mapping[str, Any]
    body: Any = None

    @property
    def doors(self) -> Doors:
        return self.request.app[DOORS]

    def path(self, name: str) -> str:
        return self.request.match_info[name]


@dataclass(frozen=True, slots=True, kw_only=True)
class Param:
    """A query parameter: its schema for the document, and how it is read; a mistake is a `ValueError`."""

    name: str
    schema: Mapping[str, Any]
    about: str
    read: Callable[[str], Any]

    def value(self, given: str) -> object:
        try:
            return self.read(given)
        except ValueError:
            raise Turned(400, "bad-parameter", f"{self.name}: {self.about}") from None


Does = Callable[[Asked], Awaitable[msgspec.Struct]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    method: str
    path: str
    name: str
    about: str
    scope: Scope
    gives: type[msgspec.Struct]
    does: Does
    params: tuple[Param, ...] = ()
    takes: type[msgspec.Struct] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Posts:
    """What is posted beneath one path, by one scope, and answers alike."""

    at: str
    scope: Scope
    gives: type[msgspec.Struct]

    def operation(
        self, path: str, name: str, about: str, takes: type[msgspec.Struct], does: Does
    ) -> Operation:
        return Operation(
            method="POST",
            path=f"{self.at}/{path}",
            name=name,
            about=about,
            scope=self.scope,
            gives=self.gives,
            does=does,
            takes=takes,
        )


MOST, USUAL = 200, 50


def _limit(given: str) -> int:
    if not given.isascii() or not given.isdigit() or len(given) > 3 or not 1 <= int(given) <= MOST:
        raise ValueError
    return int(given)


def _live(given: str) -> bool:
    return {"true": True, "false": False}[given] if given in ("true", "false") else _refused()


def _cursor(given: str) -> str:
    return given if 1 <= len(given) <= 200 else _refused()


def _refused() -> Any:  # noqa: ANN401 - never returns
    raise ValueError


LIMIT = Param(
    name="limit",
    schema={"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL},
    about=f"How many at most, 1 to {MOST}.",
    read=_limit,
)
CURSOR = Param(
    name="cursor",
    schema={"type": "string", "minLength": 1, "maxLength": 200},
    about="As `next` or `resume` of an earlier answer had it.",
    read=_cursor,
)
LIVE = Param(
    name="live",
    schema={"type": "boolean"},
    about="Only calls that go on (true), or that have ended (false).",
    read=_live,
)
PAGED = (LIMIT, CURSOR)
