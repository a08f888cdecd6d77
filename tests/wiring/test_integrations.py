"""The settings of webhooks: secrets from outside the file, and every mistake said."""

import base64
import stat
from pathlib import Path
from typing import Any

import pytest

from server.settings import BadSettings, Settings
from server.settings.model import Webhooks
from server.wiring.checks import mistakes_in
from server.wiring.integrations import endpoints_of

ROOT = Path(__file__).parents[2]
LONG = "a-secret-of-quite-some-length"
CAD: dict[str, Any] = {"name": "cad", "force": "demo", "url": "https://cad.example/earshot"}


def settings(*endpoints: dict[str, Any], **more: object) -> Settings:
    return Settings(root=ROOT, webhooks=Webhooks.model_validate({"endpoints": endpoints, **more}))


def mistake(made: Settings) -> str:
    with pytest.raises(BadSettings) as refused:
        endpoints_of(made)
    return str(refused.value)


def test_secrets_come_from_the_environment_or_a_file_and_may_be_two(tmp_path: Path) -> None:
    file = tmp_path / "cad"
    file.write_text(f"whsec_{base64.b64encode(b'x' * 32).decode()}\n{LONG}\n")
    file.chmod(stat.S_IRUSR)
    one, other = endpoints_of(settings(CAD, {**CAD, "name": "crm", "secret_file": file}, secret=LONG))
    assert one.secrets == (LONG.encode(),)
    assert other.secrets == (b"x" * 32, LONG.encode())
    assert LONG not in repr(one)


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (settings(CAD), "expected secret_file, or EARSHOT_WEBHOOKS__SECRET"),
        (settings(CAD, secret="short"), "at least 24 bytes"),
        (settings(CAD, secret="whsec_*"), "expected base64"),
        (settings({**CAD, "secret_file": "/nowhere/cad"}), "cannot be read"),
        (settings(CAD, CAD, secret=LONG), "2 of them are called cad"),
        (settings({**CAD, "url": "http://cad.example"}, secret=LONG), "expected https"),
    ],
)
def test_what_cannot_be_used_is_said(made: Settings, said: str) -> None:
    assert said in mistake(made)


def test_plain_http_is_for_private_networks_only() -> None:
    plain = {**CAD, "url": "http://cad.control.example"}
    (endpoint,) = endpoints_of(settings(plain, secret=LONG, networks=["10.20.0.0/16"]))
    assert endpoint.url == "http://cad.control.example"


def test_an_endpoint_for_no_force_of_ours_keeps_the_server_from_starting() -> None:
    made = settings({**CAD, "force": "nowhere"}, secret=LONG)
    assert any("no force of ours" in said for said in mistakes_in(made, needs_token=False))
