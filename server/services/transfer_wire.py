"""What two forces' servers say to each other of a transfer, as JSON."""

import hashlib

import msgspec

from server.domain.transfers import TransferReceipt, TransferSheet
from server.services.transfer_refusals import BadSheet

PATH = "/api/peers/transfers"
FROM, TO = "earshot-from", "earshot-to"
"""The headers that say which force hands over to which, so that the secret of the two is found."""
LONGEST = 262_144
"""Bytes of a message: a sheet of a long call has some ten thousand."""


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """Fields that a newer version added are passed over."""

    sent_ms: int
    """By the sender's clock; of one transfer each message's is later than the last one's."""
    sheet: TransferSheet


def written(message: Message | TransferReceipt) -> str:
    return msgspec.json.encode(message).decode()


def message_of(body: str) -> Message:
    """Raises `BadSheet`."""
    try:
        return msgspec.json.decode(body, type=Message)
    except (msgspec.DecodeError, UnicodeError):
        raise BadSheet from None


def receipt_of(body: bytes) -> TransferReceipt:
    """Raises `BadSheet`."""
    try:
        return msgspec.json.decode(body, type=TransferReceipt)
    except (msgspec.DecodeError, UnicodeError):
        raise BadSheet from None


def digest_of(body: str) -> str:
    return hashlib.sha256(body.encode()).hexdigest()
