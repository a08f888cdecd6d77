"""Sealing with AES-256-GCM: a key for each call and part, wrapped by a master key."""

import hashlib
import secrets
from collections import OrderedDict
from collections.abc import Sequence
from threading import Lock

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from server.ports.vault import KeyName, MasterLost, SealBroken, WrappedKey

KEY_BYTES = 32
NONCE_BYTES = 12
OPENED = 512
"""Keys held unwrapped, by their wrapping: one that leaves the shelf is asked for by nobody again."""


class AesSealer:
    """The first master key wraps; the others only unwrap what they wrapped before."""

    def __init__(self, masters: Sequence[bytes]) -> None:
        self._masters = {fingerprint(master): AESGCM(master) for master in masters}
        self.master = fingerprint(masters[0])
        self._opened: OrderedDict[bytes, AESGCM] = OrderedDict()
        self._lock = Lock()

    @property
    def masters(self) -> frozenset[str]:
        return frozenset(self._masters)

    def new_key(self, name: KeyName) -> WrappedKey:
        return self._wrapped(name, secrets.token_bytes(KEY_BYTES))

    def rewrap(self, key: WrappedKey) -> WrappedKey:
        return self._wrapped(key.name, self._unwrapped(key))

    def seal(self, key: WrappedKey, plain: bytes, *, about: bytes) -> bytes:
        nonce = secrets.token_bytes(NONCE_BYTES)
        return nonce + self._cipher(key).encrypt(nonce, plain, about)

    def open(self, key: WrappedKey, sealed: bytes, *, about: bytes) -> bytes:
        try:
            return self._cipher(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], about)
        except (InvalidTag, ValueError):
            raise SealBroken("what was sealed has been changed") from None

    def _cipher(self, key: WrappedKey) -> AESGCM:
        with self._lock:
            if key.wrapped in self._opened:
                self._opened.move_to_end(key.wrapped)
                return self._opened[key.wrapped]
        cipher = AESGCM(self._unwrapped(key))
        with self._lock:
            self._opened[key.wrapped] = cipher
            if len(self._opened) > OPENED:
                self._opened.popitem(last=False)
        return cipher

    def _wrapped(self, name: KeyName, key: bytes) -> WrappedKey:
        nonce = secrets.token_bytes(NONCE_BYTES)
        wrapped = nonce + self._masters[self.master].encrypt(nonce, key, _about(name))
        return WrappedKey(name=name, master=self.master, wrapped=wrapped)

    def _unwrapped(self, key: WrappedKey) -> bytes:
        if key.master not in self._masters:
            raise MasterLost(f"the master key {key.master} is not here")
        nonce, sealed = key.wrapped[:NONCE_BYTES], key.wrapped[NONCE_BYTES:]
        try:
            return self._masters[key.master].decrypt(nonce, sealed, _about(key.name))
        except (InvalidTag, ValueError):
            raise SealBroken("a wrapped key has been changed") from None


def fingerprint(master: bytes) -> str:
    """By which a master key can be named without being told."""
    return hashlib.sha256(b"earshot master key|" + master).hexdigest()[:12]


def _about(name: KeyName) -> bytes:
    return f"earshot key|{name.part}|{name.subject}".encode()
