"""Settings: every key documented, every mistake reported at once, no secret in the file."""

import logging
import re
import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from server.domain.ids import PersonId
from server.domain.people import Grade, Topic, Wording
from server.domain.rules import DeskRules
from server.settings import BadSettings, draft, load, load_forces
from server.settings.logs import set_up_logs
from server.settings.model import Logging, Sections

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "config/earshot.toml"
BY_ENVIRONMENT_ONLY = {
    ("twilio", "auth_token"),
    ("twilio", "auth_token_file"),
    ("frames", "key"),
    ("vault", "key"),
    ("frames", "key_file"),
    ("webhooks", "secret"),
    ("webhooks", "secret_file"),
    ("oidc", "client_secret"),
    ("oidc", "client_secret_file"),
    ("sheets", "key"),
    ("email", "password"),
    ("email", "password_file"),
    ("texts", "key"),
    ("transfers", "ca_file"),
    ("texts", "key_file"),
    ("texts", "callback_token"),
    ("texts", "callback_token_file"),
    ("video", "turn_secret"),
    ("video", "turn_secret_file"),
}


def test_the_shipped_file_holds_every_key_with_its_default() -> None:
    shipped = tomllib.loads(SHIPPED.read_text())
    for section, field in Sections.model_fields.items():
        defaults = field.get_default().model_dump(mode="json")
        for key, default in defaults.items():
            if (section, key) not in BY_ENVIRONMENT_ONLY:
                assert shipped[section][key] == default, f"{section}.{key}"
        assert set(shipped[section]) <= set(defaults)


def test_the_environment_overrides_the_file() -> None:
    settings = load(SHIPPED, environ={"EARSHOT_SERVER__PORT": "9000", "EARSHOT_SPEECH__WORKERS": "3"})
    assert (settings.server.port, settings.speech.workers) == (9000, 3)


def test_a_list_in_the_environment_is_written_as_in_the_file() -> None:
    settings = load(
        SHIPPED, environ={"EARSHOT_SERVER__ORIGINS": '["https://a.example", "https://b.example/"]'}
    )
    assert settings.server.origins == ("https://a.example", "https://b.example")


def test_all_mistakes_are_reported_at_once_by_key(tmp_path: Path) -> None:
    config = tmp_path / "config" / "earshot.toml"
    config.parent.mkdir()
    config.write_text(
        '[server]\nport = "far"\nprot = 1\n[speech]\nkeep = 1\n[twilio]\nauth_token = "s3cret"\n'
    )
    environ = {
        "EARSHOT_SERVER__PUBLIC_URL": "ftp://x",
        "EARSHOT_NOTHING__HERE": "1",
        "EARSHOT_CALLS__LIMIT_S": "-1",
    }
    with pytest.raises(BadSettings) as caught:
        load(config, environ=environ)
    keys = [mistake.split(":")[0] for mistake in caught.value.mistakes]
    assert sorted(keys) == [
        "EARSHOT_NOTHING__HERE",
        "calls.limit_s",
        "server.port",
        "server.prot",
        "server.public_url",
        "speech.keep",
        "twilio.auth_token",
    ]
    assert "s3cret" not in str(caught.value)


def test_a_secret_comes_from_the_environment_or_a_file(tmp_path: Path) -> None:
    assert load(SHIPPED, environ={"EARSHOT_TWILIO__AUTH_TOKEN": "abc"}).auth_tokens == ("abc",)
    secret = tmp_path / "token"
    secret.write_text("tok-new\ntok-old\n")
    settings = load(SHIPPED, environ={"EARSHOT_TWILIO__AUTH_TOKEN_FILE": str(secret)})
    assert settings.auth_tokens == ("tok-new", "tok-old")
    assert "tok-old" not in repr(settings)


def test_a_secret_file_that_is_not_there_is_a_mistake_at_start() -> None:
    with pytest.raises(BadSettings, match="auth_token_file"):
        load(SHIPPED, environ={"EARSHOT_TWILIO__AUTH_TOKEN_FILE": "/nowhere/token"})


@pytest.mark.parametrize("content", [b"\xff\xfe\x00token", b"\x00\x01\x02"])
def test_a_secret_file_that_is_not_text_is_a_mistake_by_key(tmp_path: Path, content: bytes) -> None:
    secret = tmp_path / "token"
    secret.write_bytes(content)
    with pytest.raises(BadSettings) as caught:
        load(SHIPPED, environ={"EARSHOT_TWILIO__AUTH_TOKEN_FILE": str(secret)})
    (mistake,) = caught.value.mistakes
    assert mistake.startswith("twilio.auth_token_file: expected a readable file of text")


@pytest.mark.parametrize("key", ["PUBLIC_URL", "ORIGINS"])
@pytest.mark.parametrize(
    "url",
    ["https://jo:hunter2@host", "ftp://jo:hunter2@host", "https://jo:hun/ter2@host", "https://:hunter2@h"],
)
def test_a_password_in_a_url_is_refused_and_never_repeated(key: str, url: str) -> None:
    given = url if key == "PUBLIC_URL" else f'["{url}"]'
    with pytest.raises(BadSettings) as caught:
        load(SHIPPED, environ={f"EARSHOT_SERVER__{key}": given})
    assert f"server.{key.lower()}" in str(caught.value)
    assert "ter2" not in str(caught.value)


@pytest.mark.parametrize(
    "url", ["https://host:99999", "https://[host", "https://", "host", "https://host?x=1"]
)
def test_a_public_url_that_nobody_could_reach_is_refused_in_words(url: str) -> None:
    with pytest.raises(BadSettings, match=r"server.public_url: expected https://HOST"):
        load(SHIPPED, environ={"EARSHOT_SERVER__PUBLIC_URL": url})


def test_what_was_expected_is_said_in_words(tmp_path: Path) -> None:
    config = tmp_path / "earshot.toml"
    config.write_text("speech = 3\nspeeches = 4\n")
    environ = {
        "EARSHOT_SERVER__PORT": "far",
        "EARSHOT_SPEECH__WORKERS": "2",
        "EARSHOT_TWILIO__FALLBACK": "999",
        "EARSHOT_LOGGING__LEVEL": "loud",
        "EARSHOT_SIGN_IN__FAILURES": "1",
    }
    assert sorted(draft(config, environ=environ).mistakes) == [
        "logging.level: expected one of 'debug', 'info', 'warning' or 'error', got 'loud'",
        "server.port: expected a whole number, got 'far'",
        "sign_in.failures: expected at least 3, got '1'",
        "speech: expected a table of keys",
        "speeches: there is no such setting",
        "twilio.fallback: expected number:+44…, sip:user@host or queue:NAME, or nothing, got '999'",
    ]


def test_sections_without_a_mistake_are_read_beside_those_with_one() -> None:
    found = draft(SHIPPED, environ={"EARSHOT_SERVER__PORT": "far", "EARSHOT_FORCES__FOLDER": "elsewhere"})
    assert found.unsure == {"server"}
    assert found.settings.forces.folder == Path("elsewhere")


def test_nothing_is_judged_by_defaults_when_the_file_cannot_be_read(tmp_path: Path) -> None:
    config = tmp_path / "earshot.toml"
    config.write_text("not toml")
    assert draft(config, environ={}).unsure == set(Sections.model_fields)


def test_a_named_file_that_is_not_there_is_a_mistake() -> None:
    with pytest.raises(BadSettings, match="found none"):
        load(Path("/nowhere/earshot.toml"), environ={})


def test_paths_start_from_the_folder_above_the_file() -> None:
    settings = load(SHIPPED, environ={})
    assert settings.path(settings.reading.markers) == SHIPPED.parent / "markers"
    assert settings.url("sqlite:data/x.db") == f"sqlite:{SHIPPED.parents[1] / 'data/x.db'}"


def force(folder: Path, name: str, text: str) -> None:
    (folder / f"{name}.toml").write_text(text)


def test_a_force_says_its_numbers_and_desks(tmp_path: Path) -> None:
    force(
        tmp_path,
        "a",
        'id = "a"\nname = "A"\nnumbers = ["+441632960001"]\n'
        '[[desks]]\ndial = "queue:first"\nhandler = "jo"\n',
    )
    (only,) = load_forces(tmp_path)
    assert (only.id, only.desks[0].dial, only.desks[0].handler) == ("a", "queue:first", "jo")


def test_mistakes_in_all_force_files_are_reported_at_once(tmp_path: Path) -> None:
    good = (
        'id = "{0}"\nname = "{0}"\nnumbers = ["+441632960001"]\n[[desks]]\ndial = "queue:q"\nhandler = "jo"\n'
    )
    force(tmp_path, "a", good.format("a"))
    force(tmp_path, "b", good.format("b"))
    force(tmp_path, "c", 'id = "C!"\nname = ""\nnumbers = ["999"]\ndesks = []\n')
    force(tmp_path, "d", "not toml")
    with pytest.raises(BadSettings) as caught:
        load_forces(tmp_path)
    said = str(caught.value)
    for part in (
        "c.toml: id",
        "c.toml: name",
        "c.toml: numbers",
        "c.toml: desks",
        "d.toml",
        "claimed by both",
    ):
        assert part in said


def test_a_mistake_in_a_force_file_is_said_in_words(tmp_path: Path) -> None:
    force(
        tmp_path,
        "a",
        'id = "A!"\nname = ""\nnumbers = ["01632 960000"]\n[[desks]]\ndial = "desk 1"\n',
    )
    with pytest.raises(BadSettings) as caught:
        load_forces(tmp_path)
    assert caught.value.mistakes == [
        "a.toml: id: expected 1 to 40 small letters, digits and hyphens, got 'A!'",
        "a.toml: name: expected text, not nothing",
        "a.toml: numbers.0: expected a number in E.164 such as +441632960000, got '01632 960000'",
        "a.toml: desks.0.dial: expected number:+44…, sip:user@host or queue:NAME, got 'desk 1'",
        "a.toml: desks.0.handler: expected; it is missing",
    ]


MIDSHIRE = """
id = "midshire"
name = "Midshire Police"
numbers = ["+441632960001"]
timezone = "Europe/London"
[[desks]]
dial = "queue:first"
handler = "jo"
[[grades]]
name = "grade 1"
attend_minutes = 15
emergency = true
[[services]]
name = "Advisers"
number = "01632 960 050"
hours = "at any hour"
skills = ["child"]
checked = 2026-11-01
[[shifts]]
name = "evening"
days = ["Thu"]
starts = "16:00"
ends = "00:00"
people = ["sam"]
[rules]
immediate_s = 5
calls_each = 2
[skills]
child = ["child_harm"]
[checklist.before]
label = "History"
ask = "Have you rung us about them before?"
"""


def test_a_force_has_its_own_grades_services_rota_and_rules(tmp_path: Path) -> None:
    force(tmp_path, "midshire", MIDSHIRE)
    (midshire,) = load_forces(tmp_path)
    assert midshire.grades[0] == Grade(name="grade 1", attend_minutes=15, emergency=True)
    assert (midshire.services[0].skills, midshire.services[0].checked) == (frozenset({"child"}), "2026-11-01")
    thursday_evening = datetime(2026, 1, 8, 20, 0, tzinfo=UTC)
    assert midshire.rota.until(PersonId("sam"), thursday_evening) == "00:00"
    assert midshire.rules == DeskRules(immediate_s=5.0, calls_each=2)
    assert midshire.skill_markers == {"child": {"child_harm"}}
    assert midshire.checklist == {
        Topic.BEFORE: Wording(label="History", ask="Have you rung us about them before?")
    }


def test_the_topics_that_a_force_may_word_are_those_of_the_checklist() -> None:
    topics = (ROOT / "server/consoles/shared/topics.js").read_text()
    assert re.findall(r'^    id: "(\w+)",$', topics, flags=re.MULTILINE) == list(Topic)


def test_what_a_force_leaves_out_is_as_the_domain_facts_have_it(tmp_path: Path) -> None:
    force(tmp_path, "midshire", MIDSHIRE[: MIDSHIRE.index("[[grades]]")])
    assert load_forces(tmp_path)[0].rules == DeskRules()


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ('"Europe/London"', '"Europe/Londn"', "timezone: expected a time zone"),
        ('days = ["Thu"]', 'days = ["Thursday"]', "shifts.0.days.0: expected one of"),
        ('starts = "16:00"', 'starts = "4pm"', "shifts.0.starts: expected a time of day such as 16:00"),
        ("immediate_s = 5", "immediate_s = 0", "rules.immediate_s: expected more than 0"),
        ('skills = ["child"]', 'skills = ["Polish!"]', "services.0.skills.0: expected small letters"),
        ("calls_each = 2", "calls = 2", "rules.calls: there is no such setting"),
        ("[checklist.before]", "[checklist.earlier]", "checklist.earlier"),
    ],
)
def test_a_mistake_in_a_rota_or_rule_is_said_by_key(
    tmp_path: Path, right: str, wrong: str, said: str
) -> None:
    force(tmp_path, "midshire", MIDSHIRE.replace(right, wrong))
    with pytest.raises(BadSettings) as caught:
        load_forces(tmp_path)
    assert f"midshire.toml: {said}" in str(caught.value)


def test_the_five_sample_forces_are_right_and_ring_nobody() -> None:
    samples = load_forces(SHIPPED.parent / "forces" / "samples")
    assert len(samples) == 5
    for sample in samples:
        assert sample.grades
        assert sample.rota.shifts
        assert all(number.startswith("+441632960") for number in sample.numbers)
        assert all(service.number.startswith("01632 960") for service in sample.services)


def test_no_force_at_all_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match="at least one"):
        load_forces(tmp_path)


@pytest.mark.parametrize("json_lines", [True, False])
def test_log_lines_carry_their_facts(*, json_lines: bool, capsys: pytest.CaptureFixture[str]) -> None:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    try:
        set_up_logs(Logging(json_lines=json_lines))
        logging.getLogger("server.x").warning("ear lost", extra={"call": "CA1"})
    finally:
        root.handlers[:] = before
        root.setLevel(level)
    line = capsys.readouterr().err
    assert "ear lost" in line
    assert "CA1" in line
