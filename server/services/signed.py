"""Messages between servers that share a secret: signed and checked as Standard Webhooks has it."""

import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime

from server.services.telling import signatures
from server.services.transfer_refusals import BadSignature, OldMessage

OLDEST_S = 300
"""A message whose clock is further off is not taken."""
ID, TIMESTAMP, SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"


def signed_headers(
    secrets: Sequence[bytes], *, message: str, now: datetime, body: str
) -> tuple[tuple[str, str], ...]:
    """By the newest secret alone: who takes it may not know the older ones any more."""
    at_s = int(now.timestamp())
    signed = signatures(secrets[:1], posting=message, at_s=at_s, body=body)
    return ((ID, message), (TIMESTAMP, str(at_s)), (SIGNATURE, signed))


def checked(secrets: Sequence[bytes], headers: Mapping[str, str], body: str, *, now: datetime) -> str:
    """The message's id. Raises `BadSignature` or `OldMessage`."""
    message, at = headers.get(ID, ""), headers.get(TIMESTAMP, "")
    if not message or not at.isascii() or not at.isdigit() or len(at) > 12:
        raise BadSignature
    given = headers.get(SIGNATURE, "").split()
    ours = signatures(secrets, posting=message, at_s=int(at), body=body).split()
    if not any(_same(one, other) for one in ours for other in given):
        raise BadSignature
    if abs(now.timestamp() - int(at)) > OLDEST_S:
        raise OldMessage
    return message


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())
