"""What leaves for people outside: briefs, transfer sheets, referrals, and the mail server that takes them."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr

from server.settings.section import Section
from server.settings.wording import written_as


class Sheets(Section):
    """Briefs for crews and transfer sheets for other forces."""

    good_minutes: Annotated[float, Field(ge=5, le=1440)] = 120.0
    """How long a link is good."""
    key: SecretStr = SecretStr("")
    """What links are signed with. Never in the file: `EARSHOT_SHEETS__KEY`, or `key_file`."""
    key_file: Path = Path("data/sheets.key")
    """Made at the first start, where it is not there and no key is set."""


class Email(Section):
    """The force's mail server, for briefs and referrals."""

    host: str = ""
    """Empty: no e-mail."""
    port: Annotated[int, Field(ge=1, le=65535)] = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    user: str = ""
    password: SecretStr = SecretStr("")
    """Never in the file: `EARSHOT_EMAIL__PASSWORD`, or `password_file`."""
    password_file: Path | None = None
    sender: Annotated[str, written_as(r"|[^\s@]+@[^\s@]+", "an e-mail address, or nothing")] = ""
    timeout_s: Annotated[float, Field(gt=0, le=60)] = 8.0
