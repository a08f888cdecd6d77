"""How people on a call are asked into video: the links, and by whom their texts are sent."""

from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr

from server.settings.section import Section
from server.settings.wording import written_as

TELLING = ("police", "abuse", "domestic", "violence", "999", "victim", "officer", "crime")
"""What no text may say: somebody else may read it."""


def _address(value: str) -> str:
    parts = urlsplit(value)
    if value and (
        parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment
    ):
        raise ValueError("expected https://HOST, or nothing")
    return value.rstrip("/")


def _ordinary_site(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme != "https" or not parts.hostname:
        raise ValueError("expected https://HOST/… of an ordinary site")
    return value


def _neutral(value: str) -> str:
    if value and "{link}" not in value:
        raise ValueError("expected {link} in it")
    said = [word for word in TELLING if word in value.lower()]
    if said:
        raise ValueError(f"expected nothing that tells what it is about, such as {said[0]!r}")
    return value


class Links(Section):
    """Links into video, by text or e-mail."""

    base_url: Annotated[str, AfterValidator(_address)] = ""
    """What a link begins with, such as `https://go.example`; empty: the server's public URL."""
    minutes: Annotated[float, Field(gt=0, le=30)] = 20.0
    """How long a link may wait to be opened."""
    hold_minutes: Annotated[float, Field(ge=10, le=720)] = 120.0
    """How long the browser that opened it may come back."""
    safety_hours: Annotated[float, Field(gt=0, le=24)] = 24.0
    """How long the answers to the three questions stand."""
    message: Annotated[str, AfterValidator(_neutral)] = ""
    """The text in English, with `{link}`; empty: the language file's own."""
    leave_to: Annotated[str, AfterValidator(_ordinary_site)] = "https://www.bbc.co.uk/weather"
    """The ordinary site that takes the page's place when somebody leaves at once."""


class Texts(Section):
    """Who sends texts."""

    channel: Annotated[
        str,
        written_as(
            r"console:|twilio:[A-Za-z0-9+ ]{1,34}|notify:[0-9a-f-]{36}",
            "console:, twilio:SENDER or notify:TEMPLATE",
        ),
    ] = "console:"
    """`console:` sends nothing, and shows the text to whoever would have sent it."""
    account: Annotated[str, written_as(r"|AC[0-9a-f]{32}", "AC and 32 digits, or nothing")] = ""
    """Twilio's; its auth token is that of `twilio`."""
    sender: str = ""
    """Which of the Notify service's senders; empty: its default."""
    key: SecretStr = SecretStr("")
    """Notify's API key. Never in the file: `EARSHOT_TEXTS__KEY`, or `key_file`."""
    key_file: Path | None = None
    callback_token: SecretStr = SecretStr("")
    """What Notify sends with its reports. Never in the file: `EARSHOT_TEXTS__CALLBACK_TOKEN`, or its file."""
    callback_token_file: Path | None = None
    timeout_s: Annotated[float, Field(ge=1, le=60)] = 10.0
