"""What is made of SECRET_KEY: one key for each purpose, and texts that only its holder can read or make."""

import hmac
import os
from collections.abc import Callable
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

NONCE = 12
FORM = b"\x01"
"""The first byte of what is sealed: which form it has."""


class NotOurs(Exception):
    """Sealed under another key, for another purpose, or damaged."""


@lru_cache(maxsize=64)
def derived_key(secret: str, purpose: str) -> bytes:
    """32 bytes for ``purpose``; from one purpose's key nothing follows for another's."""
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=f"evenkeel {purpose}".encode()).derive(secret.encode())


class Seal:
    """Encrypts and authenticates, each text bound to the name it is kept under (AES-256-GCM)."""

    def __init__(self, secret: str, purpose: str) -> None:
        self._cipher = AESGCM(derived_key(secret, purpose))

    def close(self, name: str, content: bytes) -> bytes:
        """``content``, sealed."""
        nonce = os.urandom(NONCE)
        return FORM + nonce + self._cipher.encrypt(nonce, content, name.encode())

    def open(self, name: str, sealed: bytes) -> bytes:
        """What is inside. Raises ``NotOurs``."""
        form, nonce, text = sealed[:1], sealed[1 : 1 + NONCE], sealed[1 + NONCE :]
        if form != FORM or len(nonce) != NONCE:
            raise NotOurs
        try:
            return self._cipher.decrypt(nonce, text, name.encode())
        except InvalidTag:
            raise NotOurs from None


def keyed_by(*secrets: str) -> Callable[[str, bytes], tuple[bytes, ...]]:
    """HMAC-SHA256 of a content for a purpose, under each of ``secrets``: the present one first, then those before it."""

    def keyed(purpose: str, content: bytes) -> tuple[bytes, ...]:
        return tuple(hmac.digest(derived_key(secret, purpose), content, "sha256") for secret in secrets)

    return keyed
