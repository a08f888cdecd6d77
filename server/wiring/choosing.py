"""The tables that a setting's URL chooses from by its scheme."""

from collections.abc import Callable, Mapping
from typing import TypeVar

from server.adapters.bus.local import LocalBus
from server.ports.bus import Bus
from server.settings import BadSettings

T = TypeVar("T")

BUSES: Mapping[str, Callable[[], Bus]] = {"local": LocalBus}


def chosen(table: Mapping[str, T], key: str, url: str) -> T:
    """The row that the URL's scheme picks; a wrong one is refused by name. Raises `BadSettings`."""
    scheme, colon, _ = url.partition(":")
    if not colon or scheme not in table:
        kinds = ", ".join(f"{kind}:" for kind in sorted(table))
        raise BadSettings([f"{key}: expected a URL that begins with one of {kinds} got {url!r}"])
    return table[scheme]
