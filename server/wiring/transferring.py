"""Other forces' servers: who they are, the secrets shared with them, and the line to them."""

import ssl
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

from server.adapters.webhooks.courier import http_courier
from server.domain.ids import ForceId
from server.domain.transfers import Peer, Peers
from server.services.handing_over import HandingOver
from server.services.peer_asking import PeerAsking
from server.services.sheet_views import Showing
from server.services.taking_over import TakingOver
from server.services.transfers import Transfers
from server.settings import BadSettings, Settings, load_forces
from server.wiring.core import Core
from server.wiring.secrets import shared_secrets


def peers_of(settings: Settings) -> Peers:
    """Every peer with its secrets. Raises `BadSettings`, with every mistake."""
    mistakes, peers = [*_twice(settings)], []
    for number, given in enumerate(settings.transfers.peers):
        key = f"transfers.peers.{number}"
        secrets, why = shared_secrets(settings.path(given.secret_file), "", "expected a secret in its file")
        if why:
            mistakes.append(f"{key}: {why}")
        if urlsplit(given.url).scheme != "https" and not settings.transfers.networks:
            mistakes.append(f"{key}.url: expected https, or a private network in transfers.networks")
        if given.id == given.force:
            mistakes.append(f"{key}: {given.id} would hand calls over to itself")
        peers.append(
            Peer(
                id=ForceId(given.id),
                force=ForceId(given.force),
                name=given.name,
                url=given.url,
                phone=given.phone,
                secrets=secrets,
            )
        )
    if mistakes:
        raise BadSettings(mistakes)
    return Peers(tuple(peers))


def authorities_of(settings: Settings) -> Path | None:
    """Whose certificates other forces' servers may have. Raises `BadSettings`."""
    given = settings.transfers.ca_file
    if given is None:
        return None
    path = settings.path(given)
    try:
        ssl.create_default_context(cafile=path)
    except OSError:  # what is no certificate is said so too
        raise BadSettings(["transfers.ca_file: expected a readable file of certificates (PEM)"]) from None
    return path


@asynccontextmanager
async def transfers_of(core: Core) -> AsyncIterator[Transfers]:
    given = core.settings.transfers
    showing = Showing(markers=core.readers.shipped.markers, peers=peers_of(core.settings))
    trusted = authorities_of(core.settings)
    async with http_courier(networks=given.networks, timeout_s=given.timeout_s, trusted=trusted) as line:
        handing = HandingOver(core.room, showing, PeerAsking(line, core.clock))
        leave = core.bus.subscribe(handing.follow)
        try:
            yield Transfers(
                handing=handing,
                taking=TakingOver(core.room, showing, core.readers, core.store.marks),
                peers=showing.peers,
            )
        finally:
            leave()


def check_transfers(settings: Settings) -> None:
    """Raises `BadSettings`."""
    peers = peers_of(settings)
    authorities_of(settings)
    try:
        known = {force.id for force in load_forces(settings.path(settings.forces.folder))}
    except BadSettings:
        return  # said by the look at the forces
    mistakes = [
        f"transfers.peers: {peer.id} is a peer of {peer.force}, which is no force of ours"
        for peer in peers.all
        if peer.force not in known
    ]
    if mistakes:
        raise BadSettings(mistakes)


def _twice(settings: Settings) -> Iterator[str]:
    pairs = Counter((given.force, given.id) for given in settings.transfers.peers)
    for (force, peer), count in pairs.items():
        if count > 1:
            yield f"transfers.peers: {count} of them are {peer} for {force}"
