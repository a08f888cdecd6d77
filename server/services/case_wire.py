"""A case's facts as JSON: one shape for the store."""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import get_args

import msgspec

from server.domain.casework.events import CaseFact
from server.services.wire import BadBody, UnknownKind

KINDS: Mapping[str, type[CaseFact]] = MappingProxyType({kind.__name__: kind for kind in get_args(CaseFact)})
"""Every fact by the name under which it is recorded, and which it keeps."""


def case_body(event: CaseFact) -> str:
    return msgspec.json.encode(event).decode()


def case_event(kind: str, body: str) -> CaseFact:
    """Raises `UnknownKind` or `BadBody`."""
    if kind not in KINDS:
        raise UnknownKind(kind)
    try:
        return _decoder(kind).decode(body)
    except msgspec.DecodeError:
        raise BadBody(kind) from None


@cache
def _decoder(kind: str) -> msgspec.json.Decoder[CaseFact]:
    return msgspec.json.Decoder(KINDS[kind])
