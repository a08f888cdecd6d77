"""Both sides of a transfer between forces, for the doors that lead to them."""

from dataclasses import dataclass

from server.domain.transfers import Peers
from server.services.handing_over import HandingOver
from server.services.taking_over import TakingOver


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfers:
    handing: HandingOver
    taking: TakingOver
    peers: Peers
