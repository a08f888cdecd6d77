"""The languages of the page that people outside see: one file each, all with the same words."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from server.web.pages import CONSOLES

FOLDER = CONSOLES / "visit/languages"
FIRST = "en"


class BadLanguage(Exception):
    """A language file cannot be used; the message says which, and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    code: str
    name: str
    """As those who speak it write it."""
    verified: bool
    """Whether somebody who speaks it has read every word."""
    message: str = field(repr=False)


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    direction: str
    verified: bool
    message: str
    words: dict[str, str]


def languages(folder: Path = FOLDER) -> Mapping[str, Language]:
    """Every language by its code, English first. Raises `BadLanguage`."""
    files = {path.stem: _read(path) for path in sorted(folder.glob("*.json"))}
    if FIRST not in files:
        raise BadLanguage(f"{folder}: expected {FIRST}.json")
    for code, file in files.items():
        unlike = files[FIRST].words.keys() ^ file.words.keys()
        if unlike:
            raise BadLanguage(f"{code}.json: expected the same words as {FIRST}.json: {min(unlike)}")
        if "{link}" not in file.message:
            raise BadLanguage(f"{code}.json: expected {{link}} in its message")
    return {
        code: Language(code=code, name=file.name, verified=file.verified, message=file.message)
        for code, file in sorted(files.items(), key=lambda one: (one[0] != FIRST, one[0]))
    }


def _read(path: Path) -> _File:
    try:
        return msgspec.json.decode(path.read_bytes(), type=_File)
    except (OSError, msgspec.DecodeError) as error:
        raise BadLanguage(f"{path.name}: {error}") from None
