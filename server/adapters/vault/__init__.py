"""Sealed keeping: AES-256-GCM by a key per call, in files; the wrapped keys lie on the store's shelf."""

from server.adapters.vault.files import FileVault
from server.adapters.vault.master import BadMaster
from server.adapters.vault.sealing import AesSealer

__all__ = ["AesSealer", "BadMaster", "FileVault"]
