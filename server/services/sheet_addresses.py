"""Where a brief may be sent, and by whom: never to whom the call is about, or by who may not read it all."""

import re
from collections.abc import Collection, Sequence

from server.domain.events import CallArrived, Entry, SheetWay
from server.domain.ids import CallId
from server.domain.memory import linking
from server.services.refusals import BadText, CallersOwn, Refused, TheirNumber

OUT = frozenset({SheetWay.SMS, SheetWay.EMAIL})
"""The ways by which a link to the whole brief goes to any telephone or letterbox that somebody types."""

_NUMBER = re.compile(r"\+[1-9]\d{6,14}")
_ADDRESS = re.compile(r"[^\s@<>,;]{1,64}@[^\s@<>,;]{1,180}\.[^\s@<>,;.]{2,24}")
SAME_DIGITS = 9
"""Two numbers that end alike so far are one: national and international forms of it."""


class SomebodyElseSends(Refused):
    """Somebody else has to send this: it quotes what may not be shown to you."""

    code = "somebody-else-sends"


def check_sender(way: SheetWay, entries: Sequence[Entry], barred: Collection[CallId]) -> None:
    """The link opens what was said on linked calls too. Raises `SomebodyElseSends`."""
    if way in OUT and any(not linking(entry.event).isdisjoint(barred) for entry in entries):
        raise SomebodyElseSends


def check_address(way: SheetWay, to: str, entries: Sequence[Entry], *, theirs: Collection[str]) -> None:
    """Raises `BadText`, `CallersOwn` or `TheirNumber`."""
    arrived = entries[0].event
    caller = arrived.caller if isinstance(arrived, CallArrived) else ""
    if way is SheetWay.SMS:
        if not _NUMBER.fullmatch(to):
            raise BadText("The number must be in full, such as +447700900000.")
        if to[-SAME_DIGITS:] == caller[-SAME_DIGITS:]:
            raise CallersOwn
        if to[-SAME_DIGITS:] in {one[-SAME_DIGITS:] for one in theirs}:
            raise TheirNumber("This number is of somebody whom the call is about: a brief never goes there.")
    elif way is SheetWay.EMAIL and not _ADDRESS.fullmatch(to):
        raise BadText("This is not an e-mail address.")
