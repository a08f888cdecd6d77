"""The classes of records and how long each is kept, from a file of their own."""

import tomllib
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, ValidationError, model_validator

from server.domain.recordings import Part
from server.domain.retention import Marked, RecordClass, Records
from server.settings.force_parts import Name, Slug
from server.settings.force_parts import Part as Given
from server.settings.load import BadSettings
from server.settings.wording import sentence


class _Class(Given):
    id: Slug
    title: Name
    of: Records = Records.CALL
    parts: frozenset[Part] = frozenset()
    calls: Marked = Marked.ALL
    keep_days: Annotated[int, Field(gt=0, le=36_525)]
    why: Annotated[str, Field(min_length=10, max_length=300)]

    @model_validator(mode="after")
    def _parts_of_calls(self) -> Self:
        if (self.of is Records.CALL) is not bool(self.parts):
            raise ValueError("a class of calls names its parts, and no other class does")
        return self


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
        of=one.of,
        keep=timedelta(days=one.keep_days),
        why=one.why,
    )
