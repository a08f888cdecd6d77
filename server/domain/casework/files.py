"""What a force's people fill in and refer to: its forms, its directory, its nation's conference."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from server.domain.casework.directory import Directory, Nation
from server.domain.casework.forms import Form
from server.domain.casework.marac import MaracText


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFiles:
    forms: Mapping[str, Form] = field(default_factory=lambda: MappingProxyType({}))
    directory: Directory = field(default_factory=Directory)
    maracs: Mapping[Nation, MaracText] = field(default_factory=lambda: MappingProxyType({}))
    nation: Nation | None = None
    """The force's own; none: it has not said, and a person chooses each time."""
