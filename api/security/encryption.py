"""What is made of the installation's keys: one key for each purpose, and texts that only their holder can read or make."""

import hmac
import os
from collections.abc import Callable, Sequence
from functools import cache, lru_cache
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

NONCE = 12
FIRST_FORM = b"\x01"
"""The first byte of what was sealed before there were several keys: any of them may be its."""
FORM = b"\x02"
"""The first byte of what is sealed now; the mark of its key follows."""
MARK = 4
"""Bytes that tell which key: of its hash, so that nothing follows for the key."""

Keys = str | Sequence[str]
"""SECRET_KEY alone, or with the previous ones after it."""


class NotOurs(Exception):
    """Sealed under another key, for another purpose, or damaged."""


@lru_cache(maxsize=64)
def derived_key(secret: str, purpose: str) -> bytes:
    """32 bytes for ``purpose``; from one purpose's key nothing follows for another's."""
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=f"evenkeel {purpose}".encode()).derive(secret.encode())


class Seal:
    """Encrypts and authenticates, each text bound to the name it is kept under (AES-256-GCM).

    Seals under the first of ``keys``; opens what was sealed under any of them.
    """

    def __init__(self, keys: Keys, purpose: str) -> None:
        derived = [derived_key(key, purpose) for key in ([keys] if isinstance(keys, str) else keys)]
        self._ciphers = {sha256(b"mark " + key).digest()[:MARK]: AESGCM(key) for key in derived}
        self._mark = next(iter(self._ciphers))

    def close(self, name: str, content: bytes) -> bytes:
        """``content``, sealed under the current key."""
        nonce = os.urandom(NONCE)
        return FORM + self._mark + nonce + self._ciphers[self._mark].encrypt(nonce, content, name.encode())

    def open(self, name: str, sealed: bytes) -> bytes:
        """What is inside. Raises ``NotOurs``."""
        form, rest = sealed[:1], sealed[1:]
        marks = list(self._ciphers)
        if form == FORM:
            marks, rest = [rest[:MARK]], rest[MARK:]
        nonce, text = rest[:NONCE], rest[NONCE:]
        if form not in {FORM, FIRST_FORM} or len(nonce) != NONCE:
            raise NotOurs
        for mark in marks:
            cipher = self._ciphers.get(mark)
            try:
                if cipher is not None:
                    return cipher.decrypt(nonce, text, name.encode())
            except InvalidTag:
                continue
        raise NotOurs

    def is_current(self, sealed: bytes) -> bool:
        """Whether ``sealed`` says that it is under the current key."""
        return sealed[: 1 + MARK] == FORM + self._mark


class Box:
    """``domain.shared.secret_box.SecretBox``: a seal for each purpose."""

    def __init__(self, keys: Keys) -> None:
        self.seal = cache(lambda purpose: Seal(keys, purpose))

    def encrypt(self, purpose: str, name: str, content: bytes) -> bytes:
        """``content``, sealed under the current key."""
        return self.seal(purpose).close(name, content)

    def decrypt(self, purpose: str, name: str, encrypted: bytes) -> bytes:
        """What is inside. Raises ``NotOurs``."""
        return self.seal(purpose).open(name, encrypted)

    def matches(self, purpose: str, name: str, encrypted: bytes, content: bytes) -> bool:
        """Whether ``content`` is what is inside; not of what no key opens."""
        try:
            return hmac.compare_digest(self.decrypt(purpose, name, encrypted), content)
        except NotOurs:
            return False


def keyed_by(*secrets: str) -> Callable[[str, bytes], tuple[bytes, ...]]:
    """HMAC-SHA256 of a content for a purpose, under each of ``secrets``: the present one first, then those before it."""

    def keyed(purpose: str, content: bytes) -> tuple[bytes, ...]:
        return tuple(hmac.digest(derived_key(secret, purpose), content, "sha256") for secret in secrets)

    return keyed
