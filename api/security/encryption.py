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

NONCE_BYTES = 12
FORMAT_WITHOUT_KEY_ID = b"\x01"
"""The first byte of what was sealed before there were several keys: any of them may be its."""
FORMAT = b"\x02"
"""The first byte of what is sealed now; the mark of its key follows."""
KEY_ID_BYTES = 4
"""Bytes that tell which key: of its hash, so that nothing follows for the key."""

Keys = str | Sequence[str]
"""SECRET_KEY alone, or with the previous ones after it."""


class DecryptionError(Exception):
    """Sealed under another key, for another purpose, or damaged."""


@lru_cache(maxsize=64)
def derive_key(secret: str, purpose: str) -> bytes:
    """32 bytes for ``purpose``; from one purpose's key nothing follows for another's."""
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=f"evenkeel {purpose}".encode()).derive(secret.encode())


class Cipher:
    """Encrypts and authenticates, each text bound to the name it is kept under (AES-256-GCM).

    Seals under the first of ``keys``; opens what was sealed under any of them.
    """

    def __init__(self, keys: Keys, purpose: str) -> None:
        derived = [derive_key(key, purpose) for key in ([keys] if isinstance(keys, str) else keys)]
        self._ciphers = {sha256(b"mark " + key).digest()[:KEY_ID_BYTES]: AESGCM(key) for key in derived}
        self._key_id = next(iter(self._ciphers))

    def encrypt(self, name: str, content: bytes) -> bytes:
        """``content``, sealed under the current key."""
        nonce = os.urandom(NONCE_BYTES)
        return FORMAT + self._key_id + nonce + self._ciphers[self._key_id].encrypt(nonce, content, name.encode())

    def decrypt(self, name: str, encrypted: bytes) -> bytes:
        """What is inside. Raises ``NotOurs``."""
        form, rest = encrypted[:1], encrypted[1:]
        marks = list(self._ciphers)
        if form == FORMAT:
            marks, rest = [rest[:KEY_ID_BYTES]], rest[KEY_ID_BYTES:]
        nonce, text = rest[:NONCE_BYTES], rest[NONCE_BYTES:]
        if form not in {FORMAT, FORMAT_WITHOUT_KEY_ID} or len(nonce) != NONCE_BYTES:
            raise DecryptionError
        for mark in marks:
            cipher = self._ciphers.get(mark)
            try:
                if cipher is not None:
                    return cipher.decrypt(nonce, text, name.encode())
            except InvalidTag:
                continue
        raise DecryptionError

    def is_current(self, encrypted: bytes) -> bool:
        """Whether ``sealed`` says that it is under the current key."""
        return encrypted[: 1 + KEY_ID_BYTES] == FORMAT + self._key_id


class AesSecretBox:
    """``domain.shared.secret_box.SecretBox``: a seal for each purpose."""

    def __init__(self, keys: Keys) -> None:
        self.cipher = cache(lambda purpose: Cipher(keys, purpose))

    def encrypt(self, purpose: str, name: str, content: bytes) -> bytes:
        """``content``, sealed under the current key."""
        return self.cipher(purpose).encrypt(name, content)

    def decrypt(self, purpose: str, name: str, encrypted: bytes) -> bytes:
        """What is inside. Raises ``NotOurs``."""
        return self.cipher(purpose).decrypt(name, encrypted)

    def matches(self, purpose: str, name: str, encrypted: bytes, content: bytes) -> bool:
        """Whether ``content`` is what is inside; not of what no key opens."""
        try:
            return hmac.compare_digest(self.decrypt(purpose, name, encrypted), content)
        except DecryptionError:
            return False


def hmac_under_keys(*secrets: str) -> Callable[[str, bytes], tuple[bytes, ...]]:
    """HMAC-SHA256 of a content for a purpose, under each of ``secrets``: the present one first, then those before it."""

    def hmacs(purpose: str, content: bytes) -> tuple[bytes, ...]:
        return tuple(hmac.digest(derive_key(secret, purpose), content, "sha256") for secret in secrets)

    return hmacs
