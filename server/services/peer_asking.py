"""Telling another force's server of a call, signed, and believing no receipt but its own for this message."""

import re
import secrets

import msgspec

from server.domain.transfers import Peer, TransferReceipt, TransferSheet
from server.ports.clock import Clock
from server.ports.integrations import NotTaken
from server.ports.transfers import Answer, PeerLine
from server.services.signed import checked, signed_headers
from server.services.transfer_refusals import BadSheet, BadSignature, OldMessage
from server.services.transfer_wire import FROM, PATH, TO, Message, digest_of, receipt_of, written

OK = 200
_CODE = re.compile(r"[a-z-]{1,40}")
FOR_PEOPLE = {
    "unknown-peer": "their server does not know ours",
    "bad-signature": "their server has another secret than ours",
    "old-sheet": "their clock and ours differ",
    "not-for-us": "their server is set up for other forces",
    "bad-sheet": "their server cannot read our sheet",
}
"""What their codes mean, for whoever reads why it did not arrive."""


class PeerAsking:
    def __init__(self, line: PeerLine, clock: Clock) -> None:
        self._line = line
        self._clock = clock

    async def ask(self, peer: Peer, sheet: TransferSheet, *, sent_ms: int) -> TransferReceipt:
        """Raises `NotTaken`, which says why in words for people."""
        body = written(Message(sent_ms=sent_ms, sheet=sheet))
        message = f"msg_{secrets.token_hex(16)}"
        signed = signed_headers(peer.secrets, message=message, now=self._clock.now(), body=body)
        headers = ((FROM, peer.force), (TO, peer.id), *signed)
        answer = await self._line.ask(peer.url + PATH, body, headers=headers)
        if answer.status != OK:
            raise NotTaken(_why(answer))
        receipt = self._receipt(peer, answer)
        expected = (message, digest_of(body), peer.id, sheet.transfer)
        if (receipt.answers, receipt.digest, receipt.from_force, receipt.transfer) != expected:
            raise NotTaken("its receipt is for something else")
        return receipt

    def _receipt(self, peer: Peer, answer: Answer) -> TransferReceipt:
        try:
            checked(peer.secrets, answer.headers, answer.body.decode(), now=self._clock.now())
            return receipt_of(answer.body)
        except (BadSignature, OldMessage, BadSheet, UnicodeDecodeError):
            raise NotTaken("its receipt is not signed as agreed") from None


class _Problem(msgspec.Struct):
    code: str


class _Refusal(msgspec.Struct):
    error: _Problem


def _why(answer: Answer) -> str:
    try:
        code = msgspec.json.decode(answer.body, type=_Refusal).error.code
    except (msgspec.DecodeError, UnicodeError):
        code = ""
    known = code if _CODE.fullmatch(code) else ""
    meant = FOR_PEOPLE.get(known)
    return f"{meant} ({known})" if meant else f"answered {answer.status}{f' ({known})' if known else ''}"
