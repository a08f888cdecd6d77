"""The force's own sign-in, built of the settings; none where they name no issuer."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from server.domain.ids import ForceId
from server.services.signing_in import SigningIn
from server.services.single_sign_on import ClaimMap, SingleSignOn
from server.settings import BadSettings, Settings, load_forces
from server.web.sign_in import BACK
from server.wiring.core import Core


@asynccontextmanager
async def single_sign_on_of(core: Core, signing_in: SigningIn) -> AsyncIterator[SingleSignOn | None]:
    settings = core.settings
    if not settings.oidc.issuer:
        yield None
        return
    # Loaded only where it is wanted: it brings a library for cryptography with it.
    from server.adapters.identity.oidc import Client, oidc_provider  # noqa: PLC0415

    client = Client(
        issuer=settings.oidc.issuer,
        client_id=settings.oidc.client_id,
        secret=settings.oidc_secret,
        scopes=settings.oidc.scopes,
        redirect_uri=settings.server.public_url + BACK,
    )
    async with oidc_provider(client, timeout_s=settings.oidc.timeout_s) as provider:
        yield SingleSignOn(
            provider=provider,
            claims=_claim_map(settings),
            people=core.store.people,
            signing_in=signing_in,
            clock=core.clock,
        )


def check_oidc(settings: Settings) -> None:
    """Raises `BadSettings`."""
    oidc = settings.oidc
    if not oidc.issuer:
        return
    wanted = {"client_id": bool(oidc.client_id), "roles": bool(oidc.roles), "forces": bool(oidc.forces)}
    mistakes = [f"oidc.{key}: expected with oidc.issuer" for key, given in wanted.items() if not given]
    if not oidc.issuer.startswith("https://") and not oidc.issuer.startswith("http://127.0.0.1:"):
        mistakes.append("oidc.issuer: expected https://")
    if "openid" not in oidc.scopes:
        mistakes.append("oidc.scopes: expected openid among them")
    try:
        settings.oidc_secret  # noqa: B018 - read to see whether it can be
    except (OSError, ValueError) as error:
        mistakes.append(f"oidc.client_secret_file: expected a readable file of text ({type(error).__name__})")
    if mistakes + (unknown := _unknown_forces(settings)):
        raise BadSettings(mistakes + unknown)


def _unknown_forces(settings: Settings) -> list[str]:
    try:
        known = {force.id for force in load_forces(settings.path(settings.forces.folder))}
    except BadSettings:
        return []  # said by the look at the forces
    strangers = sorted(set(settings.oidc.forces.values()) - known)
    return [f"oidc.forces: {name} is no force of ours" for name in strangers]


def _claim_map(settings: Settings) -> ClaimMap:
    oidc = settings.oidc
    return ClaimMap(
        name=oidc.name_claim,
        full_name=oidc.full_name_claim,
        role=oidc.role_claim,
        force=oidc.force_claim,
        roles=oidc.roles,
        forces={said: ForceId(force) for said, force in oidc.forces.items()},
    )
