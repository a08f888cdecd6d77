"""What the control room's other systems come in by, for the doors that lead to it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from server.domain.ids import ForceId
from server.services.api_keys import ApiKeys
from server.services.rates import Rates


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxState:
    force: ForceId
    waiting: int
    given_up: int


class Postings(Protocol):
    """How telling other systems stands."""

    @property
    def states(self) -> Mapping[str, OutboxState]:
        """By endpoint, as last seen."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Integrations:
    keys: ApiKeys
    rates: Rates
    """By key."""
    strangers: Rates
    """By address, for those whose key is none."""
    postings: Postings
