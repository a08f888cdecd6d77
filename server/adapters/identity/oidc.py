"""OpenID Connect as a client: code and PKCE, an ID token whose signature and claims Authlib checks."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote_plus, urlsplit

import aiohttp
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from server.adapters.identity.fetching import LOOPBACK, fetched
from server.ports.identity import Answer, Asking, IdentityLost, NotVouched, Vouched

ALGORITHMS = [
    "RS256",
    "RS384",
    "RS512",
    "PS256",
    "PS384",
    "PS512",
    "ES256",
    "ES384",
    "ES512",
    "EdDSA",
    "Ed25519",
]
"""Signatures of the provider's own keys only: none by a shared secret, and never none at all."""
LEEWAY_S = 60
"""By how much the provider's clock may differ from ours."""
WELL_KNOWN = "/.well-known/openid-configuration"


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """What the provider knows us as."""

    issuer: str
    client_id: str
    secret: str = field(default="", repr=False)
    """Empty: a public client, which PKCE alone protects."""
    scopes: tuple[str, ...] = ("openid",)
    redirect_uri: str


class OidcProvider:
    def __init__(self, client: Client, session: aiohttp.ClientSession) -> None:
        self._client = client
        self._session = session
        self._metadata: Mapping[str, Any] = {}
        self._keys: KeySet | None = None

    async def address(self, asking: Asking) -> str:
        metadata = await self._known()
        again = {"prompt": "login", "max_age": "0"} if asking.again else {}
        address: str = prepare_grant_uri(
            metadata["authorization_endpoint"],
            client_id=self._client.client_id,
            response_type="code",
            redirect_uri=self._client.redirect_uri,
            scope=" ".join(self._client.scopes),
            state=asking.state,
            nonce=asking.nonce,
            code_challenge=create_s256_code_challenge(asking.verifier),
            code_challenge_method="S256",
            **again,
        )
        return address

    async def vouched(self, asking: Asking, answer: Answer) -> Vouched:
        metadata = await self._known()
        named = bool(metadata.get("authorization_response_iss_parameter_supported"))
        if answer.issuer != self._client.issuer and (named or answer.issuer):
            raise NotVouched("the answer names another issuer")
        tokens = await self._tokens(metadata["token_endpoint"], asking, answer)
        claims = await self._claims(tokens, asking)
        if endpoint := metadata.get("userinfo_endpoint"):
            claims = {**await self._userinfo(endpoint, tokens, claims["sub"]), **claims}
        auth_time = claims.get("auth_time")
        return Vouched(
            subject=f"{self._client.issuer} {claims['sub']}",
            claims=claims,
            proved_at=datetime.fromtimestamp(auth_time, UTC) if auth_time is not None else None,
        )

    async def _known(self) -> Mapping[str, Any]:
        """What the provider says of itself, asked for once."""
        if self._metadata:
            return self._metadata
        status, metadata = await fetched(self._session.get(self._client.issuer + WELL_KNOWN))
        if status != 200 or metadata.get("issuer") != self._client.issuer:
            raise IdentityLost("its metadata is not that of the issuer")
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            if not _is_safe(metadata.get(name)):
                raise IdentityLost("an endpoint is missing or not https")
        if not _is_safe(metadata.get("userinfo_endpoint", "https://")):
            raise IdentityLost("an endpoint is missing or not https")
        self._metadata = metadata
        return metadata

    async def _tokens(self, endpoint: str, asking: Asking, answer: Answer) -> Mapping[str, Any]:
        client = self._client
        form = {
            "grant_type": "authorization_code",
            "code": answer.code,
            "redirect_uri": client.redirect_uri,
            "code_verifier": asking.verifier,
        }
        headers = {}
        if client.secret:
            # RFC 6749: both are form-encoded before they go into the header.
            pair = (quote_plus(client.client_id), quote_plus(client.secret))
            headers["Authorization"] = aiohttp.encode_basic_auth(*pair)
        else:
            form["client_id"] = client.client_id
        status, tokens = await fetched(
            self._session.post(endpoint, data=form, headers=headers, allow_redirects=False)
        )
        if status >= 500:
            raise IdentityLost(f"the token endpoint answered {status}")
        if status != 200 or not isinstance(tokens.get("id_token"), str):
            raise NotVouched("the code was not taken")
        return tokens

    async def _claims(self, tokens: Mapping[str, Any], asking: Asking) -> Mapping[str, Any]:
        try:
            token = await self._verified(tokens["id_token"])
            claims = CodeIDToken(
                token.claims,
                token.header,
                {
                    "iss": {"essential": True, "value": self._client.issuer},
                    "aud": {"essential": True, "value": self._client.client_id},
                },
                {
                    "nonce": asking.nonce,
                    "client_id": self._client.client_id,
                    "access_token": tokens.get("access_token"),
                    "max_age": asking.again,
                },
            )
            claims.validate(leeway=LEEWAY_S)
        except (JoseError, ValueError, TypeError, KeyError) as error:
            raise NotVouched(f"the ID token is not to be believed: {type(error).__name__}") from None
        return dict(claims)

    async def _verified(self, id_token: str) -> jwt.Token:
        """Checked with the provider's keys, which are asked for again once they have changed."""
        registry = JWSRegistry(algorithms=ALGORITHMS, strict_check_header=False)
        try:
            return jwt.decode(id_token, await self._provider_keys(), registry=registry)
        except InvalidKeyIdError:
            self._keys = None
            return jwt.decode(id_token, await self._provider_keys(), registry=registry)

    async def _provider_keys(self) -> KeySet:
        if self._keys is None:
            status, keys = await fetched(self._session.get(self._metadata["jwks_uri"]))
            if status != 200 or "keys" not in keys:
                raise IdentityLost("its keys cannot be had")
            self._keys = KeySet.import_key_set({"keys": keys["keys"]})
        return self._keys

    async def _userinfo(self, endpoint: str, tokens: Mapping[str, Any], subject: str) -> Mapping[str, Any]:
        """Where many providers keep what the ID token lacks. The token's own claims are stronger."""
        access = tokens.get("access_token")
        if not isinstance(access, str):
            return {}
        headers = {"Authorization": f"Bearer {access}"}
        status, said = await fetched(self._session.get(endpoint, headers=headers, allow_redirects=False))
        if status != 200:
            return {}
        if said.get("sub") != subject:
            raise NotVouched("the user information is somebody else's")
        return said


def _is_safe(url: object) -> bool:
    if not isinstance(url, str):
        return False
    parts = urlsplit(url)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)


@asynccontextmanager
async def oidc_provider(client: Client, *, timeout_s: float) -> AsyncIterator[OidcProvider]:
    timeout = aiohttp.ClientTimeout(total=timeout_s)
    async with aiohttp.ClientSession(timeout=timeout, headers={"User-Agent": "earshot"}) as session:
        yield OidcProvider(client, session)
