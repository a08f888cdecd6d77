"""The master keys: read from a file or given, made at the first start, replaced one by another."""

import base64
import binascii
import os
import secrets
from pathlib import Path

from server.adapters.vault.sealing import KEY_BYTES


class BadMaster(Exception):
    """A master key cannot be used; the message says what to do and never shows the key."""


def masters_in(text: str) -> list[bytes]:
    """Keys in base64, the newest first, apart by spaces or lines. Raises `BadMaster`."""
    keys = []
    for word in text.split():
        try:
            key = base64.b64decode(word, validate=True)
        except (binascii.Error, ValueError):
            key = b""
        if len(key) != KEY_BYTES:
            raise BadMaster(f"expected {KEY_BYTES} bytes in base64 for each master key")
        keys.append(key)
    return keys


def read_masters(path: Path) -> list[bytes]:
    """Those of the file, the newest first; none if there is no file. Raises `BadMaster`."""
    try:
        keys = masters_in(path.read_text(encoding="ascii"))
    except FileNotFoundError:
        return []
    except (OSError, UnicodeDecodeError) as error:
        raise BadMaster(f"{path.name} cannot be read ({type(error).__name__})") from None
    if not keys:
        raise BadMaster(f"{path.name} holds no key")
    return keys


def new_master() -> str:
    return base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()


def write_masters(path: Path, keys: list[bytes]) -> None:
    """For its owner's eyes, and whole or not at all."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.new")
    beside.unlink(missing_ok=True)
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.writelines(f"{base64.b64encode(key).decode()}\n" for key in keys)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """So that what was made or renamed in it survives a power cut."""
    held = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(held)
    finally:
        os.close(held)
