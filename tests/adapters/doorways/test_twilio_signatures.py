import pytest
from aiohttp import ClientSession
from multidict import MultiDict
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]

from server.adapters.doorways.twilio.signatures import HEADER, Signatures
from tests.adapters.doorways.noting import AUTH_TOKEN, PUBLIC_URL, Serving, serving

FORM = MultiDict({"To": "+44", "From": "+44 7", "Blank": ""})
WEBHOOKS = ["/twilio/voice", "/twilio/after-desk", "/twilio/call-status", "/twilio/stream-status"]


def signed(url: str, form: MultiDict[str] | None = None, *, token: str = AUTH_TOKEN) -> str:
    return str(RequestValidator(token).compute_signature(url, form or {}))


def signatures(public_url: str = PUBLIC_URL, *tokens: str) -> Signatures:
    return Signatures(public_url=public_url, auth_tokens=tokens or (AUTH_TOKEN,))


@pytest.mark.parametrize("public_url", [PUBLIC_URL, f"{PUBLIC_URL}:443", f"{PUBLIC_URL}/"])
@pytest.mark.parametrize("signed_for", [PUBLIC_URL, f"{PUBLIC_URL}:443"])
def test_the_schemes_own_port_may_be_spelt_or_not(public_url: str, signed_for: str) -> None:
    check = signatures(public_url)
    sockets_for = signed_for.replace("https", "wss")
    assert check.good_webhook("/twilio/voice?a=1", FORM, signed(f"{signed_for}/twilio/voice?a=1", FORM))
    assert check.good_handshake("/twilio/media", signed(f"{sockets_for}/twilio/media"))


def test_another_port_is_part_of_the_address() -> None:
    check = signatures(f"{PUBLIC_URL}:8443/earshot")
    assert check.good_webhook("/twilio/voice", FORM, signed(f"{PUBLIC_URL}:8443/earshot/twilio/voice", FORM))
    assert not check.good_webhook("/twilio/voice", FORM, signed(f"{PUBLIC_URL}/earshot/twilio/voice", FORM))


@pytest.mark.parametrize(
    "url",
    [
        f"{PUBLIC_URL}/twilio/media",
        "wss://other.example/twilio/media",
        "wss://earshot.example.police.uk/twilio/media/",
        "wss://earshot.example.police.uk/twilio/media?a=1",
    ],
)
def test_a_handshake_is_good_only_for_the_exact_socket_address(url: str) -> None:
    assert not signatures().good_handshake("/twilio/media", signed(url))


@pytest.mark.parametrize("signature", [None, "", "ü", "A" * 10_000, "AAAAAAAAAAAAAAAAAAAAAAAAAAA="])
def test_a_missing_or_strange_signature_is_bad_and_no_error(signature: str | None) -> None:
    assert not signatures().good_webhook("/twilio/voice", FORM, signature)
    assert not signatures().good_handshake("/twilio/media", signature)


def test_a_changed_form_is_not_the_signed_one() -> None:
    signature = signed(f"{PUBLIC_URL}/twilio/voice", FORM)
    changed = MultiDict(FORM)
    changed.add("To", "+45")
    assert not signatures().good_webhook("/twilio/voice", changed, signature)


def test_while_a_token_is_replaced_both_are_good() -> None:
    check = signatures(PUBLIC_URL, "old", "new")
    url = f"{PUBLIC_URL}/twilio/voice"
    assert [
        check.good_webhook("/twilio/voice", FORM, signed(url, FORM, token=t)) for t in ("old", "new")
    ] == [
        True,
        True,
    ]
    assert not check.good_webhook("/twilio/voice", FORM, signed(url, FORM, token="older"))


def test_no_auth_token_at_all_stops_the_start() -> None:
    with pytest.raises(ValueError, match="auth token"):
        Signatures(public_url=PUBLIC_URL, auth_tokens=("",))


async def post(here: Serving, path: str, signature: str | None) -> tuple[int, str]:
    headers = {"Host": "earshot.example.police.uk"} | ({HEADER: signature} if signature else {})
    async with (
        ClientSession() as session,
        session.post(here.url + path, data=FORM, headers=headers) as response,
    ):
        return response.status, (await response.json())["error"]["code"]


@pytest.mark.parametrize("path", WEBHOOKS)
async def test_an_unsigned_or_wrongly_signed_webhook_is_forbidden_and_counted(path: str) -> None:
    async with serving() as here:
        answers = [
            await post(here, path, None),
            await post(here, path, signed(PUBLIC_URL + path)),
            await post(here, path, signed(here.url + path, FORM)),
            await post(here, path, signed(PUBLIC_URL + path, FORM, token="guess")),
        ]
    assert answers == [(403, "bad-signature")] * 4
    assert here.tally == {"bad-signature": 4}
    assert (here.lines.arrivals, here.lines.callbacks) == ([], [])


@pytest.mark.parametrize("signature", [None, signed(f"{PUBLIC_URL}/twilio/media")])
async def test_an_unsigned_or_wrongly_signed_handshake_is_forbidden(signature: str | None) -> None:
    async with serving() as here, ClientSession() as session:
        headers = {HEADER: signature} if signature else {}
        async with session.get(here.url + "/twilio/media", headers=headers) as response:
            assert response.status == 403
    assert here.tally == {"bad-signature": 1}
