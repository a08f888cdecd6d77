"""The speech models that can be had: a file beside the models, read once."""

from collections.abc import Sequence
from pathlib import Path

import msgspec

CATALOGUE = "catalogue.toml"


class UnknownModel(Exception):
    """The catalogue has no model of that name."""


class CatalogueBroken(Exception):
    """The catalogue is missing or cannot be read."""


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    title: str
    size_bytes: int
    licence: str
    url: str = ""
    sha256: str = ""
    sha256_source: str = ""
    """Who states the digest, other than the download itself."""
    built_in: bool = False


class _Catalogue(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    models: tuple[Entry, ...]


def load_catalogue(folder: Path) -> tuple[Entry, ...]:
    """Read the catalogue beside the models. Raises `CatalogueBroken`."""
    path = folder / CATALOGUE
    try:
        return msgspec.toml.decode(path.read_bytes(), type=_Catalogue).models
    except (OSError, msgspec.MsgspecError) as error:
        raise CatalogueBroken(f"the catalogue of speech models at {path} cannot be read: {error}") from error


def entry_named(name: str, entries: Sequence[Entry]) -> Entry:
    for entry in entries:
        if entry.name == name:
            return entry
    raise UnknownModel(f"there is no model named {name!r}; `earshot models list` shows those that there are")
