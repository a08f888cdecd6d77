"""Cursors: where a page begins, in letters that nobody should read anything into."""

import base64
import binascii
from collections.abc import Sequence
from typing import TypeVar

from server.web.api.operations import USUAL, Asked
from server.web.errors import Turned

T = TypeVar("T")


def cursor_to(place: str | int) -> str:
    return base64.urlsafe_b64encode(str(place).encode()).decode().rstrip("=")


def place_in(asked: Asked) -> str | None:
    """Where this request wants to begin; none: at the beginning."""
    given = asked.query.get("cursor")
    if given is None:
        return None
    try:
        return base64.b64decode(given + "=" * (-len(given) % 4), altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError):
        raise no_page() from None


def number_in(asked: Asked) -> int:
    """The same, of pages that are counted."""
    place = place_in(asked) or "0"
    if not place.isascii() or not place.isdigit() or len(place) > 9:
        raise no_page()
    return int(place)


def limit_in(asked: Asked) -> int:
    return int(asked.query.get("limit", USUAL))


def paged(items: Sequence[T], asked: Asked) -> tuple[list[T], str | None]:
    """This request's part of all items, and the cursor of the next."""
    begin, limit = number_in(asked), limit_in(asked)
    part = list(items[begin : begin + limit])
    return part, cursor_to(begin + limit) if begin + limit < len(items) else None


def no_page() -> Turned:
    return Turned(404, "no-such-page", "There is no page under this cursor. Begin again without one.")
