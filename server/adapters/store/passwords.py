"""Password hashes by Argon2id."""

import asyncio
import unicodedata

import argon2
from argon2.exceptions import InvalidHashError, VerificationError

# OWASP's Password Storage Cheat Sheet, the first of its equally strong choices.
MEMORY_KIB = 47_104
PASSES = 1
LANES = 1
AT_ONCE = 2
"""Hashes at a time, so that a rush of sign-ins cannot take the memory that the speech models need."""


class Argon2Hasher:
    """Works in threads; Argon2 lets the interpreter go on meanwhile."""

    def __init__(self, *, memory_kib: int = MEMORY_KIB, passes: int = PASSES) -> None:
        self._argon2 = argon2.PasswordHasher(time_cost=passes, memory_cost=memory_kib, parallelism=LANES)
        self._room = asyncio.Semaphore(AT_ONCE)

    async def hash(self, password: str) -> str:
        async with self._room:
            return await asyncio.to_thread(self._argon2.hash, _typed(password))

    async def verify(self, password_hash: str, password: str) -> bool:
        async with self._room:
            return await asyncio.to_thread(self._verify, password_hash, _typed(password))

    def needs_rehash(self, password_hash: str) -> bool:
        try:
            return self._argon2.check_needs_rehash(password_hash)
        except InvalidHashError:
            return True

    def _verify(self, password_hash: str, password: bytes) -> bool:
        try:
            return self._argon2.verify(password_hash, password)
        except (VerificationError, InvalidHashError):
            return False


def _typed(password: str) -> bytes:
    """The same bytes for the same characters, however the keyboard composed them."""
    return unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")
