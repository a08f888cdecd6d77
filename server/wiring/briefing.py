"""Briefs and transfer sheets: their links, their key, and the ways out that are set up."""

import secrets
from datetime import timedelta

from server.adapters.channels.email import MailServer, SmtpMail
from server.ports.channels import MailChannel, TextChannel
from server.ports.clock import Clock
from server.services.briefing import Channels, SheetRules
from server.services.control_room import ControlRoom
from server.services.crew import Briefs
from server.services.sheet_links import SheetLinks
from server.services.sheet_views import Showing
from server.services.their_numbers import TheirNumbers
from server.settings import BadSettings, Settings

KEY_BYTES = 32


def briefs_of(
    settings: Settings,
    room: ControlRoom,
    showing: Showing,
    theirs: TheirNumbers,
    text: TextChannel | None = None,
) -> Briefs:
    rules = SheetRules(
        base_url=settings.server.public_url,
        links=SheetLinks(keys=sheet_keys(settings)),
        theirs=theirs,
        good=timedelta(minutes=settings.sheets.good_minutes),
        channels=Channels(text=text, mail=mail_of(settings, room.clock)),
    )
    return Briefs.of(room, showing, rules)


def sheet_keys(settings: Settings) -> tuple[bytes, ...]:
    """As set, or as kept beside the data, made at the first start: a restart must not end a crew's link."""
    given = settings.sheets.key.get_secret_value()
    if not given:
        path = settings.path(settings.sheets.key_file)
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch(mode=0o600)
            path.write_text(secrets.token_hex(KEY_BYTES) + "\n", encoding="utf-8")
        given = path.read_text(encoding="utf-8")
    keys = tuple(one.encode() for one in given.split())
    if not keys or any(len(key) < KEY_BYTES for key in keys):
        raise BadSettings([f"sheets.key: expected at least {KEY_BYTES} letters and digits"])
    return keys


def mail_of(settings: Settings, clock: Clock) -> MailChannel | None:
    email = settings.email
    if not email.host:
        return None
    server = MailServer(
        host=email.host,
        port=email.port,
        security=email.security,
        user=email.user,
        password=settings.email_password,
        sender=email.sender,
        timeout_s=email.timeout_s,
    )
    return SmtpMail(server, clock)


def check_sheets(settings: Settings) -> None:
    """Raises `BadSettings`. A key that is not there yet is made at the start."""
    if settings.sheets.key.get_secret_value() or settings.path(settings.sheets.key_file).exists():
        try:
            sheet_keys(settings)
        except OSError as error:
            raise BadSettings([f"sheets.key_file: cannot be read ({type(error).__name__})"]) from None


def check_email(settings: Settings) -> None:
    """Raises `BadSettings`."""
    if settings.email.host and not settings.email.sender:
        raise BadSettings(["email.sender: expected the address that mail comes from, with email.host"])
    if settings.email.password_file is not None:
        try:
            settings.email_password  # noqa: B018 - read to see whether it can be
        except OSError as error:
            raise BadSettings([f"email.password_file: cannot be read ({type(error).__name__})"]) from None
