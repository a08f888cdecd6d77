"""Signing in through a real OpenID Connect provider, as a browser is led: there, and back."""

import re
from pathlib import Path
from urllib.parse import parse_qs, urljoin, urlsplit

import aiohttp
import pytest

from server.adapters.clock import SystemClock
from server.adapters.identity.oidc import OidcProvider, oidc_provider
from server.domain.access import AccessKind
from server.domain.ids import ForceId
from server.domain.people import Person, Role
from server.ports.identity import Answer, Asking, IdentityLost, NotVouched
from tests.house import free_port
from tests.identity_provider.running import CLAIMS, client, house_with_sign_in, needs_npm, provider
from tests.stories import MIDSHIRE

ASKING = Asking(state="s" * 43, nonce="n" * 43, verifier="v" * 43)


async def led_through(session: aiohttp.ClientSession, address: str, login: str, back: str) -> str:
    """Through the provider's pages as this person; returns where it sends the browser back to."""
    for _ in range(12):
        async with session.get(address, allow_redirects=False) as answer:
            if answer.status in (302, 303):
                address = urljoin(address, answer.headers["Location"])
            else:
                page = await answer.text()
                form = re.search(r'action="([^"]+)"', page)
                prompt = re.search(r'name="prompt" value="(\w+)"', page)
                assert form is not None
                assert prompt is not None
                data = {"prompt": prompt[1], "login": login, "password": "any"}
                url = urljoin(address, form[1])
                async with session.post(url, data=data, allow_redirects=False) as posted:
                    address = urljoin(url, posted.headers["Location"])
        if address.startswith(back):
            return address
    raise AssertionError("the provider leads nowhere")


async def code_for(oidc: OidcProvider, asking: Asking, back: str) -> Answer:
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        there = await led_through(session, await oidc.address(asking), "u-sam", back)
    said = parse_qs(urlsplit(there).query)
    assert said["state"] == [asking.state]
    return Answer(code=said["code"][0], issuer=said["iss"][0])


@needs_npm
@pytest.mark.parametrize("in_token", [True, False])
async def test_the_claims_are_those_of_the_token_or_of_the_user_information(*, in_token: bool) -> None:
    back = "http://127.0.0.1:9/sign-in/oidc/done"
    async with (
        provider(back, in_token=in_token) as issuer,
        oidc_provider(client(issuer, back), timeout_s=20) as oidc,
    ):
        answer = await code_for(oidc, ASKING, back)
        vouched = await oidc.vouched(ASKING, answer)
        assert vouched.subject == f"{issuer} u-sam"
        assert CLAIMS.person(vouched.claims).id == "samira"
        with pytest.raises(NotVouched):  # a code is good once
            await oidc.vouched(ASKING, answer)


@needs_npm
async def test_what_does_not_belong_together_is_not_believed() -> None:
    back = "http://127.0.0.1:9/sign-in/oidc/done"
    other = "w" * 43
    async with provider(back) as issuer, oidc_provider(client(issuer, back), timeout_s=20) as oidc:
        wrong = [
            Asking(state=ASKING.state, nonce=ASKING.nonce, verifier=other),
            Asking(state=ASKING.state, nonce=other, verifier=ASKING.verifier),
        ]
        for asking in wrong:
            answer = await code_for(oidc, ASKING, back)
            with pytest.raises(NotVouched):
                await oidc.vouched(asking, answer)
        answer = await code_for(oidc, ASKING, back)
        for elsewhere in ("https://login.elsewhere.example", ""):
            with pytest.raises(NotVouched):
                await oidc.vouched(ASKING, Answer(code=answer.code, issuer=elsewhere))
        async with oidc_provider(client(issuer, back, secret="wrong"), timeout_s=20) as stranger:
            with pytest.raises(NotVouched):
                await stranger.vouched(ASKING, answer)


@needs_npm
async def test_who_must_prove_it_again_is_asked_again_and_says_when() -> None:
    back = "http://127.0.0.1:9/sign-in/oidc/done"
    again = Asking(state=ASKING.state, nonce=ASKING.nonce, verifier=ASKING.verifier, again=True)
    async with provider(back) as issuer, oidc_provider(client(issuer, back), timeout_s=20) as oidc:
        vouched = await oidc.vouched(again, await code_for(oidc, again, back))
        assert vouched.proved_at is not None


async def test_a_provider_that_is_not_there_is_said_to_be_lost() -> None:
    nobody = client(f"http://127.0.0.1:{free_port()}", "http://127.0.0.1:9/done")
    async with oidc_provider(nobody, timeout_s=20) as oidc:
        with pytest.raises(IdentityLost):
            await oidc.address(ASKING)


@needs_npm
async def test_a_browser_is_led_to_the_provider_and_comes_back_signed_in(tmp_path: Path) -> None:
    async with (
        house_with_sign_in(tmp_path) as house,
        aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session,
    ):
        there = await led_through(
            session, f"{house.url}/sign-in/oidc", "u-sam", f"{house.url}/sign-in/oidc/done"
        )
        async with session.get(there, allow_redirects=False) as arrived:
            assert arrived.status == 200
            assert "SameSite=Strict" in arrived.headers.getall("Set-Cookie")[0]
            assert "url=/console" in await arrived.text()
        async with session.get(f"{house.url}/api/session") as said:
            assert (await said.json())["person"]["id"] == "samira"
        async with session.get(there, allow_redirects=False) as twice:
            assert twice.headers["Location"] == "/sign-in?why=not-vouched"
        samira = await house.store.people.person(CLAIMS.person({**SAID}).id)
        assert samira == Person(
            id=samira.id, name="Samira Ade", role=Role.SPECIALIST, force=ForceId(MIDSHIRE)
        )
        (entry,) = await house.store.accesses.find(since=SystemClock().now().replace(year=2020))
        assert (entry.person, entry.kind) == ("samira", AccessKind.SIGNED_IN)


@needs_npm
@pytest.mark.parametrize(("login", "why"), [("u-nobody", "no-role"), ("u-taken", "name-taken")])
async def test_who_has_no_place_here_is_told_so_on_the_sign_in_page(
    tmp_path: Path, login: str, why: str
) -> None:
    async with (
        house_with_sign_in(tmp_path) as house,
        aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session,
    ):
        there = await led_through(
            session, f"{house.url}/sign-in/oidc", login, f"{house.url}/sign-in/oidc/done"
        )
        async with session.get(there, allow_redirects=False) as answer:
            assert (answer.status, answer.headers["Location"]) == (303, f"/sign-in?why={why}")


SAID = {"preferred_username": "samira", "roles": ["DA-Specialists"], "force": "MID"}
