"""Puts a speech model in its place: checked, unpacked safely, and there all at once or not at all."""

import shutil
import stat
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from server.adapters.speech.models.digests import (
    Record,
    file_sha256,
    files_sha256,
    read_record,
    record_path,
    write_record,
)
from server.adapters.speech.models.structure import check_model

MAX_UNPACKED_BYTES = 16 << 30
MAX_FILES = 10_000
MAX_RATIO = 200
"""A model packs to a third or so; a file that packs to nothing is no model."""


class ArchiveRefused(Exception):
    """The archive is not a whole speech model, or is not safe to unpack."""


class DigestDiffers(Exception):
    """The archive is not the one that is known by this name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """An archive to be installed under a name."""

    name: str
    archive: Path
    origin: str
    pinned_sha256: str = ""


def install(arrival: Arrival, folder: Path) -> Path:
    """Install into `folder`; whatever goes wrong, an earlier model of that name stays as it was."""
    if PurePosixPath(arrival.name).name != arrival.name or arrival.name[:1] in ("", "."):
        raise ArchiveRefused(f"{arrival.name!r} cannot be the name of a model's folder")
    archive_sha256 = _checked_digest(arrival, folder)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{arrival.name}-", dir=folder) as scratch:
        model = _unpacked(arrival.archive, Path(scratch))
        if problems := check_model(model):
            raise ArchiveRefused(f"the archive is not a whole speech model: {'; '.join(problems)}")
        record = Record(archive_sha256, arrival.origin, files_sha256(model))
        _swap(model, folder / arrival.name, Path(scratch))
    write_record(folder, arrival.name, record)
    return folder / arrival.name


def _checked_digest(arrival: Arrival, folder: Path) -> str:
    found = file_sha256(arrival.archive)
    if arrival.pinned_sha256 and found != arrival.pinned_sha256:
        raise DigestDiffers(f"its digest is {found}, and the catalogue's is {arrival.pinned_sha256}")
    known = read_record(folder, arrival.name)
    if known and known.archive_sha256 and found != known.archive_sha256:
        raise DigestDiffers(
            f"its digest is {found}, and at the first install it was {known.archive_sha256}; "
            f"if the change is expected, delete {record_path(folder, arrival.name)}"
        )
    return found


def _unpacked(archive: Path, scratch: Path) -> Path:
    try:
        with zipfile.ZipFile(archive) as packed:
            members = packed.infolist()
            _refuse_unsafe(members)
            packed.extractall(scratch / "model")
    # zipfile says NotImplementedError of a packing it does not know, RuntimeError of an encrypted one.
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, zipfile.LargeZipFile) as error:
        raise ArchiveRefused("the archive is damaged or cut short") from error
    inside = list((scratch / "model").iterdir()) if members else []
    if len(inside) == 1 and inside[0].is_dir():
        return inside[0]
    return scratch / "model"


def _refuse_unsafe(members: list[zipfile.ZipInfo]) -> None:
    unpacked, packed = (sum(getattr(m, size) for m in members) for size in ("file_size", "compress_size"))
    if len(members) > MAX_FILES or unpacked > min(MAX_UNPACKED_BYTES, MAX_RATIO * max(1, packed)):
        raise ArchiveRefused("the archive unpacks to more than any speech model")
    for member in members:
        path = PurePosixPath(member.filename.replace("\\", "/"))
        kind = stat.S_IFMT(member.external_attr >> 16)
        if path.is_absolute() or ".." in path.parts or ":" in path.parts[0]:
            raise ArchiveRefused("the archive would write outside its own folder")
        if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
            raise ArchiveRefused("the archive holds a link or a device")


def _swap(model: Path, place: Path, scratch: Path) -> None:
    if place.exists():
        place.replace(scratch / "replaced")
    try:
        model.replace(place)
    except OSError:
        if (scratch / "replaced").exists():
            shutil.move(scratch / "replaced", place)
        raise
