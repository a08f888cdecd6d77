"""Addresses of servers, as settings hold them."""

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator


def _public_url(value: str) -> str:
    if not _reachable(value):
        raise ValueError("expected https://HOST[:PORT][/PREFIX] as the outside world reaches this server")
    if urlsplit(value).username is not None:
        raise ValueError("expected no user or password in the URL")
    return value.rstrip("/")


def _reachable(value: str) -> bool:
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        return False
    if parts.query or parts.fragment:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and port != 0


PublicUrl = Annotated[str, AfterValidator(_public_url)]
PublicUrlOrNone = Annotated[str, AfterValidator(lambda value: _public_url(value) if value else value)]
