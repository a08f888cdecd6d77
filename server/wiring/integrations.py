"""The control room's other systems: who is told what and where, and by which secrets they know us."""

from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

from server.adapters.webhooks.courier import http_courier
from server.domain.ids import ForceId
from server.domain.integrations import Endpoint
from server.services.api_keys import ApiKeys
from server.services.integrations import Integrations
from server.services.notifying import Notifying
from server.services.rates import Rate, Rates
from server.settings import BadSettings, Settings
from server.wiring.core import Core
from server.wiring.secrets import shared_secrets

NOTHING_GIVEN = "expected secret_file, or EARSHOT_WEBHOOKS__SECRET"


def endpoints_of(settings: Settings) -> list[Endpoint]:
    """Every endpoint with its secrets. Raises `BadSettings`, with every mistake."""
    mistakes = [*_shared_names(settings)]
    endpoints = []
    for number, given in enumerate(settings.webhooks.endpoints):
        key = f"webhooks.endpoints.{number}"
        file = given.secret_file or settings.webhooks.secret_file
        path = settings.path(file) if file is not None else None
        secrets, why = shared_secrets(path, settings.webhooks.secret.get_secret_value(), NOTHING_GIVEN)
        if why:
            mistakes.append(f"{key}: {why}")
        if urlsplit(given.url).scheme != "https" and not settings.webhooks.networks:
            mistakes.append(f"{key}.url: expected https, or a private network in webhooks.networks")
        endpoints.append(
            Endpoint(
                name=given.name,
                force=ForceId(given.force),
                url=given.url,
                topics=frozenset(given.topics),
                secrets=secrets,
            )
        )
    if mistakes:
        raise BadSettings(mistakes)
    return endpoints


@asynccontextmanager
async def notifying_of(core: Core) -> AsyncIterator[Notifying]:
    webhooks = core.settings.webhooks
    async with http_courier(networks=webhooks.networks, timeout_s=webhooks.timeout_s) as courier:
        notifying = Notifying(
            outbox=core.store.outbox,
            courier=courier,
            endpoints=endpoints_of(core.settings),
            clock=core.clock,
        )
        leave = core.bus.subscribe(notifying.follow)
        try:
            yield notifying
        finally:
            leave()


def integrations_of(core: Core, notifying: Notifying) -> Integrations | None:
    api = core.settings.api
    if not api.enabled:
        return None
    rate = Rate(per_s=api.rate_per_s, burst=api.burst)
    return Integrations(
        keys=ApiKeys(book=core.store.keys, clock=core.clock),
        rates=Rates(core.clock, rate),
        strangers=Rates(core.clock, rate),
        postings=notifying,
    )


def _shared_names(settings: Settings) -> Iterator[str]:
    names = Counter(given.name for given in settings.webhooks.endpoints)
    for name, count in names.items():
        if count > 1:
            yield f"webhooks.endpoints: {count} of them are called {name}"
