"""The settings of other forces' servers: secrets from files, and every mistake said."""

from pathlib import Path
from typing import Any

import pytest

from server.settings import BadSettings, Settings
from server.settings.transfers import Transfers
from server.wiring.transferring import check_transfers, peers_of

ROOT = Path(__file__).parents[2]
LONG = "a-secret-of-quite-some-length"


@pytest.fixture
def peer(tmp_path: Path) -> dict[str, Any]:
    (tmp_path / "secret").write_text(f"{LONG}\n")
    return {
        "id": "eastshire",
        "force": "demo",
        "name": "Eastshire Police",
        "url": "https://earshot.eastshire.example",
        "phone": "01632 960111",
        "secret_file": tmp_path / "secret",
    }


def settings(*peers: dict[str, Any], **more: object) -> Settings:
    return Settings(root=ROOT, transfers=Transfers.model_validate({"peers": peers, **more}))


def test_a_peer_is_found_for_the_force_that_shares_its_secret_and_for_no_other(peer: dict[str, Any]) -> None:
    peers = peers_of(settings(peer))
    (known,) = peers.all
    assert (known.phone, known.secrets) == ("01632 960111", (LONG.encode(),))
    assert LONG not in repr(known)
    assert peers.to(known.force, "eastshire") is known
    assert peers.of(known.id) == ()


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"secret_file": "/nowhere/secret"}, "transfers.peers.0: its secret cannot be read"),
        ({"url": "http://earshot.eastshire.example"}, "transfers.peers.0.url: expected https"),
        ({"id": "demo"}, "demo would hand calls over to itself"),
    ],
)
def test_what_cannot_be_used_is_said(peer: dict[str, Any], changed: dict[str, Any], said: str) -> None:
    with pytest.raises(BadSettings) as refused:
        peers_of(settings({**peer, **changed}))
    assert said in str(refused.value)


def test_one_force_twice_and_a_force_that_is_not_ours_are_said(peer: dict[str, Any]) -> None:
    with pytest.raises(BadSettings) as refused:
        peers_of(settings(peer, peer))
    assert "2 of them are eastshire for demo" in str(refused.value)
    with pytest.raises(BadSettings) as refused:
        check_transfers(settings({**peer, "force": "westshire"}))
    assert refused.value.mistakes == [
        "transfers.peers: eastshire is a peer of westshire, which is no force of ours"
    ]


@pytest.mark.parametrize("written", ["", "no certificate"])
def test_an_authority_that_cannot_be_read_is_said(tmp_path: Path, peer: dict[str, Any], written: str) -> None:
    given = tmp_path / "authority.pem"
    if written:
        given.write_text(written)
    with pytest.raises(BadSettings) as refused:
        check_transfers(settings(peer, ca_file=given))
    assert refused.value.mistakes == ["transfers.ca_file: expected a readable file of certificates (PEM)"]
