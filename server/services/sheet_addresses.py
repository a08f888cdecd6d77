"""Where a brief may be sent: to a number or an address that is one, and never to the caller."""

import re

from server.domain.events import SheetWay
from server.services.refusals import BadText, CallersOwn

_NUMBER = re.compile(r"\+[1-9]\d{6,14}")
_ADDRESS = re.compile(r"[^\s@<>,;]{1,64}@[^\s@<>,;]{1,180}\.[^\s@<>,;.]{2,24}")
SAME_DIGITS = 9
"""Two numbers that end alike so far are one: national and international forms of it."""


def check_address(way: SheetWay, to: str, *, caller: str) -> None:
    """Raises `BadText` or `CallersOwn`."""
    if way is SheetWay.SMS:
        if not _NUMBER.fullmatch(to):
            raise BadText("The number must be in full, such as +447700900000.")
        if to[-SAME_DIGITS:] == caller[-SAME_DIGITS:]:
            raise CallersOwn
    elif way is SheetWay.EMAIL and not _ADDRESS.fullmatch(to):
        raise BadText("This is not an e-mail address.")
