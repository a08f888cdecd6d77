"""Which reader reads a force's calls: one with its own slang and prompt texts, or the shipped one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from server.domain.ids import ForceId
from server.ports.language import Reader
from server.services.notes import Note

NOBODYS: Mapping[ForceId, Reader] = MappingProxyType({})
NOTHING_REFUSED: Mapping[ForceId, tuple[str, ...]] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Readers:
    shipped: Reader
    own: Mapping[ForceId, Reader] = field(default_factory=lambda: NOBODYS)
    refused: Mapping[ForceId, tuple[str, ...]] = field(default_factory=lambda: NOTHING_REFUSED)
    """The mistakes of every overlay that has any; that force's calls are read with the shipped markers."""

    def of(self, force: ForceId | None) -> Reader:
        return self.shipped if force is None else self.own.get(force, self.shipped)

    def notes(self) -> list[Note]:
        return [
            Note(
                f"The markers of {force} are refused for {len(mistakes)} mistake(s): "
                f"its calls are read with the shipped markers. earshot check says what is wrong.",
                force,
            )
            for force, mistakes in self.refused.items()
        ]
