"""Twilio's signatures, checked against the configured public address and never against the Host header."""

import hmac
from collections.abc import Iterable
from urllib.parse import urlsplit

from multidict import MultiMapping
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]

HEADER = "X-Twilio-Signature"
_PORTS = {"https": 443, "wss": 443, "http": 80, "ws": 80}


class Signatures:
    """Several auth tokens may be good at once, so that one can be replaced while calls go on."""

    def __init__(self, *, public_url: str, auth_tokens: Iterable[str]) -> None:
        self._public_url = public_url.rstrip("/")
        self._validators = tuple(RequestValidator(token) for token in auth_tokens if token)
        if not self._validators:
            raise ValueError("an auth token is needed: without one every call would be refused")

    @property
    def webhook_base(self) -> str:
        return self._public_url

    @property
    def socket_base(self) -> str:
        return "ws" + self._public_url.removeprefix("http")

    def good_webhook(self, target: str, form: MultiMapping[str], signature: str | None) -> bool:
        """`target` is the path and query exactly as requested."""
        return self._good(self.webhook_base + target, form, signature)

    def good_handshake(self, target: str, signature: str | None) -> bool:
        """The handshake is signed over the `wss:` address, with no parameters."""
        return self._good(self.socket_base + target, {}, signature)

    def _good(self, url: str, form: MultiMapping[str] | dict[str, str], signature: str | None) -> bool:
        if not signature or not signature.isascii():
            return False
        return any(
            hmac.compare_digest(validator.compute_signature(form_of_url, form), signature)
            for validator in self._validators
            for form_of_url in _spellings(url)
        )


def _spellings(url: str) -> tuple[str, ...]:
    """With and without the scheme's own port: Twilio signs either, and its library errs on wss."""
    parts = urlsplit(url)
    port = _PORTS[parts.scheme]
    bare = parts.netloc.removesuffix(f":{port}")
    if parts.port not in (None, port):
        return (url,)
    return tuple(parts._replace(netloc=netloc).geturl() for netloc in (bare, f"{bare}:{port}"))
