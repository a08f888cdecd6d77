"""The classes of records and how long each is kept, from a file of their own."""

import tomllib
from datetime import timedelta
from pathlib import Path
from typing import Annotated

from pydantic import Field, ValidationError

from server.domain.recordings import Part
from server.domain.retention import Marked, RecordClass
from server.settings.force_parts import Name, Slug
from server.settings.force_parts import Part as Given
from server.settings.load import BadSettings
from server.settings.wording import sentence


class _Class(Given):
    id: Slug
    title: Name
    parts: Annotated[frozenset[Part], Field(min_length=1)]
    calls: Marked = Marked.ALL
    keep_days: Annotated[int, Field(gt=0, le=36_525)]
    why: Annotated[str, Field(min_length=10, max_length=300)]


class _File(Given):
    classes: Annotated[list[_Class], Field(alias="class")]


def load_retention(path: Path) -> tuple[RecordClass, ...]:
    """Raises `BadSettings` with all mistakes."""
    try:
        given = _File.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise BadSettings([f"vault.retention: expected a file at {path}"]) from None
    except tomllib.TOMLDecodeError as error:
        raise BadSettings([f"{path.name}: not TOML: {error}"]) from None
    except ValidationError as error:
        said = [sentence(detail, within="") for detail in error.errors(include_url=False)]
        raise BadSettings([f"{path.name}: {mistake}" for mistake in said]) from None
    ids = [one.id for one in given.classes]
    if len(set(ids)) < len(ids):
        raise BadSettings([f"{path.name}: two classes have the same id"])
    return tuple(_meant(one) for one in given.classes)


def _meant(one: _Class) -> RecordClass:
    return RecordClass(
        id=one.id,
        title=one.title,
        parts=one.parts,
        calls=one.calls,
        keep=timedelta(days=one.keep_days),
        why=one.why,
    )
