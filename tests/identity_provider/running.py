"""A real OpenID Connect provider on this machine, and a house whose people sign in by it."""

import asyncio
import json
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from server.adapters.clock import SystemClock
from server.adapters.identity.oidc import Client, oidc_provider
from server.adapters.store import open_store
from server.domain.people import Role
from server.services.signing_in import SignInRules
from server.services.single_sign_on import ClaimMap, SingleSignOn
from tests.house import House, free_port
from tests.stories import MIDSHIRE, SUE

SCRIPT = Path(__file__).with_name("provider.mjs")
INSTALLED = Path(__file__).parents[1] / "consoles/node_modules/oidc-provider"
SECRET = "a secret of the tests"
CLAIMS = ClaimMap(
    name="preferred_username",
    full_name="name",
    role="roles",
    force="force",
    roles={"DA-Specialists": Role.SPECIALIST, "DA-Duty": Role.SUPERVISOR},
    forces={"MID": MIDSHIRE},
)

needs_npm = pytest.mark.skipif(
    shutil.which("node") is None or not INSTALLED.exists(),
    reason="npm is not here, or could not fetch oidc-provider (.ci/npm): no real provider to sign in by",
)


@asynccontextmanager
async def provider(back: str, *, in_token: bool = False) -> AsyncIterator[str]:
    """Its issuer."""
    process = await asyncio.create_subprocess_exec(
        "node",
        str(SCRIPT),
        back,
        env={**os.environ, "CLAIMS_IN_TOKEN": "yes" if in_token else "no"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        assert process.stdout is not None
        said = ""
        while not said.startswith("{"):
            line = await process.stdout.readline()
            assert line, "the provider did not start"
            said = line.decode()
        yield str(json.loads(said)["issuer"])
    finally:
        process.kill()
        await process.wait()


def client(issuer: str, back: str, *, secret: str = SECRET) -> Client:
    scopes = ("openid", "profile")
    return Client(issuer=issuer, client_id="earshot", secret=secret, scopes=scopes, redirect_uri=back)


@asynccontextmanager
async def house_with_sign_in(folder: Path) -> AsyncIterator[House]:
    async with open_store(f"sqlite:{folder / 'earshot.db'}", clock=SystemClock()) as store:
        await store.people.add(SUE, password_hash="hash:correct horse battery")
        house = House(store=store, port=free_port(), rules=SignInRules(break_glass_only=True))
        back = f"{house.url}/sign-in/oidc/done"
        async with (
            provider(back) as issuer,
            oidc_provider(client(issuer, back), timeout_s=20) as oidc,
        ):
            house.single_sign_on = SingleSignOn(
                provider=oidc,
                claims=CLAIMS,
                people=store.people,
                signing_in=house.signing_in,
                clock=SystemClock(),
            )
            await house.open()
            try:
                yield house
            finally:
                await house.close()
