"""A paper's line as JSON: one shape for the store."""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import get_args

import msgspec

from server.domain.feedback import FeedbackEvent
from server.domain.papers import PaperEvent
from server.domain.subject_access import SubjectEvent
from server.domain.training.papers import TrainingEvent
from server.services.wire import BadBody, UnknownKind

KINDS: Mapping[str, type[PaperEvent]] = MappingProxyType(
    {
        kind.__name__: kind
        for kind in (*get_args(FeedbackEvent), *get_args(TrainingEvent), *get_args(SubjectEvent))
    }
)
"""Every event of a paper by the name under which it is recorded, and which it keeps."""


def paper_body(event: PaperEvent) -> str:
    return msgspec.json.encode(event).decode()


def paper_event(kind: str, body: str) -> PaperEvent:
    """Raises `UnknownKind` or `BadBody`."""
    if kind not in KINDS:
        raise UnknownKind(kind)
    try:
        return _decoder(kind).decode(body)
    except msgspec.DecodeError:
        raise BadBody(kind) from None


@cache
def _decoder(kind: str) -> msgspec.json.Decoder[PaperEvent]:
    return msgspec.json.Decoder(KINDS[kind])
