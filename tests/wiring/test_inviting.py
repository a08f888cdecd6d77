"""Who sends texts, as the settings have it: every way that is set up wrongly is said before the start."""

from pathlib import Path

import pytest

from server.adapters.channels.console import ConsoleTexts
from server.adapters.channels.notify_texts import NotifyTexts
from server.adapters.channels.twilio_texts import TwilioTexts
from server.settings import BadSettings, Settings, load
from server.wiring.inviting import check_texts, texting_of

SHIPPED = Path(__file__).parents[2] / "config/earshot.toml"
ACCOUNT = "AC" + "0" * 32
TEMPLATE = "notify:" + "a" * 8 + "-aaaa-aaaa-aaaa-" + "a" * 12
KEY = "k" * 80


def settings(**environ: str) -> Settings:
    return load(SHIPPED, environ={f"EARSHOT_{name}": value for name, value in environ.items()})


TWILIO = {"TEXTS__CHANNEL": "twilio:Northern", "TEXTS__ACCOUNT": ACCOUNT, "TWILIO__AUTH_TOKEN": "t"}
NOTIFY = {"TEXTS__CHANNEL": TEMPLATE, "TEXTS__KEY": KEY}


@pytest.mark.parametrize(
    ("environ", "kind"), [({}, ConsoleTexts), (TWILIO, TwilioTexts), (NOTIFY, NotifyTexts)]
)
async def test_the_channels_url_picks_who_sends(environ: dict[str, str], kind: type[object]) -> None:
    given = settings(**environ)
    check_texts(given)
    async with texting_of(given) as texting:
        assert isinstance(texting.channel, kind)


@pytest.mark.parametrize(
    ("environ", "mistake"),
    [
        ({"TEXTS__CHANNEL": "twilio:Northern"}, "texts.account"),
        ({"TEXTS__CHANNEL": TEMPLATE}, "texts.key"),
        ({"TEXTS__CHANNEL": TEMPLATE, "TEXTS__KEY_FILE": "/nowhere/key"}, "texts.key_file"),
    ],
)
def test_what_is_missing_is_named(environ: dict[str, str], mistake: str) -> None:
    with pytest.raises(BadSettings) as bad:
        check_texts(settings(**environ))
    assert mistake in bad.value.mistakes[0]


@pytest.mark.parametrize(
    ("environ", "mistake"),
    [
        ({"LINKS__MESSAGE": "The police: {link}"}, "'police'"),
        ({"LINKS__MESSAGE": "hello"}, "{link}"),
        ({"LINKS__MINUTES": "31"}, "links.minutes"),
        ({"LINKS__LEAVE_TO": "http://plain.example"}, "links.leave_to"),
        ({"LINKS__BASE_URL": "go.example"}, "links.base_url"),
        ({"TEXTS__CHANNEL": "pigeon:"}, "texts.channel"),
    ],
)
def test_a_telling_text_or_a_long_wait_is_refused_by_key(environ: dict[str, str], mistake: str) -> None:
    with pytest.raises(BadSettings) as bad:
        settings(**environ)
    assert mistake in " ".join(bad.value.mistakes)
