"""The digests of an installed model, kept in a file beside it, and whether the model still has them."""

import hashlib
from pathlib import Path

import msgspec


class Record(msgspec.Struct, frozen=True):
    archive_sha256: str
    """Empty for a model that did not come as an archive."""
    origin: str
    """Where the archive came from."""
    files: dict[str, str]
    """By path within the model."""


def record_path(folder: Path, name: str) -> Path:
    return folder / f"{name}.digests.json"


def read_record(folder: Path, name: str) -> Record | None:
    """None if the model was never recorded. Raises `ValueError` for a record that cannot be read."""
    try:
        return msgspec.json.decode(record_path(folder, name).read_bytes(), type=Record)
    except FileNotFoundError:
        return None
    except msgspec.MsgspecError as error:
        raise ValueError(f"the digests in {record_path(folder, name)} cannot be read") from error


def write_record(folder: Path, name: str, record: Record) -> None:
    path = record_path(folder, name)
    fresh = path.with_name(path.name + ".new")
    fresh.write_bytes(msgspec.json.format(msgspec.json.encode(record, order="sorted"), indent=2) + b"\n")
    fresh.replace(path)


def file_sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def files_sha256(model: Path) -> dict[str, str]:
    return {
        path.relative_to(model).as_posix(): file_sha256(path)
        for path in sorted(model.rglob("*"))
        if path.is_file()
    }


def differences(model: Path, record: Record) -> list[str]:
    """How the model differs from what was recorded, a sentence each."""
    now = files_sha256(model)
    missing = [f"{name} is missing" for name in record.files if name not in now]
    added = [f"{name} was not there at the install" for name in now if name not in record.files]
    changed = [
        f"{name} was changed" for name, digest in record.files.items() if now.get(name, digest) != digest
    ]
    return missing + changed + added
