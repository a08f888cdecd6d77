from pathlib import Path

import pytest

from server.settings import BadSettings, load
from server.wiring.identity import check_oidc

GOOD = {
    "EARSHOT_OIDC__ISSUER": "https://login.force.example",
    "EARSHOT_OIDC__CLIENT_ID": "earshot",
    "EARSHOT_OIDC__CLIENT_SECRET": "not for the file",
}
CONFIG = """
[oidc]
roles = { "DA-Specialists" = "specialist" }
forces = { "MID" = "FORCE" }
"""


def mistakes(
    folder: Path, environ: dict[str, str], *, force: str = "demo", config: str = CONFIG
) -> list[str]:
    shipped = Path(__file__).parents[2] / "config/forces"
    path = folder / "config/earshot.toml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(config.replace("FORCE", force) + f'[forces]\nfolder = "{shipped}"\n')
    try:
        check_oidc(load(path, environ=environ))
    except BadSettings as bad:
        return bad.mistakes
    return []


def test_a_provider_with_all_that_it_needs_is_taken(tmp_path: Path) -> None:
    assert mistakes(tmp_path, GOOD) == []
    assert mistakes(tmp_path, {}, config="") == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"EARSHOT_OIDC__CLIENT_ID": ""}, "oidc.client_id: expected with oidc.issuer"),
        ({"EARSHOT_OIDC__ISSUER": "http://login.force.example"}, "oidc.issuer: expected https://"),
        ({"EARSHOT_OIDC__ISSUER": "not an address"}, "oidc.issuer"),
        ({"EARSHOT_OIDC__SCOPES": '["profile"]'}, "oidc.scopes: expected openid among them"),
        (
            {"EARSHOT_OIDC__CLIENT_SECRET_FILE": "/no/such"},
            "oidc.client_secret_file: expected a readable file",
        ),
    ],
)
def test_what_is_missing_is_said_by_its_key(tmp_path: Path, change: dict[str, str], said: str) -> None:
    (mistake,) = mistakes(tmp_path, {**GOOD, **change})
    assert mistake.startswith(said)


def test_a_force_that_is_not_ours_is_said(tmp_path: Path) -> None:
    assert mistakes(tmp_path, GOOD, force="atlantis") == ["oidc.forces: atlantis is no force of ours"]


def test_claims_that_mean_nothing_here_are_a_mistake(tmp_path: Path) -> None:
    assert mistakes(tmp_path, GOOD, config="") == [
        "oidc.roles: expected with oidc.issuer",
        "oidc.forces: expected with oidc.issuer",
    ]


def test_a_secret_may_not_stand_in_the_file(tmp_path: Path) -> None:
    (mistake, *_) = mistakes(tmp_path, GOOD, config='[oidc]\nclient_secret = "no"\n')
    assert mistake.startswith("oidc.client_secret: a secret may not stand")
