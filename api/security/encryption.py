"""Keys derived from SECRET_KEY, one for each purpose, and authenticated encryption with them."""

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
"""First byte of values encrypted before keys had ids: each key is tried."""
FORMAT = b"\x02"
"""First byte of values encrypted now; the id of the key follows."""
KEY_ID_BYTES = 4
"""Length of a key's id, the beginning of its hash, which reveals nothing of the key."""

Keys = str | Sequence[str]
"""SECRET_KEY, or a sequence of it and the previous keys."""


class DecryptionError(Exception):
    """The value was encrypted under another key, for another purpose or name, or is damaged."""


@lru_cache(maxsize=64)
def derive_key(secret: str, purpose: str) -> bytes:
    """Return a key of 32 bytes for `purpose` (HKDF-SHA256); the key of one purpose reveals nothing of another's."""
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=f"evenkeel {purpose}".encode()).derive(secret.encode())


class Cipher:
    """Authenticated encryption (AES-256-GCM) for one purpose; each value is bound to the name under which it is stored.

    Encrypts with the first of `keys`; decrypts with any of them.
    """

    def __init__(self, keys: Keys, purpose: str) -> None:
        derived = [derive_key(key, purpose) for key in ([keys] if isinstance(keys, str) else keys)]
        self._ciphers = {sha256(b"mark " + key).digest()[:KEY_ID_BYTES]: AESGCM(key) for key in derived}
        self._key_id = next(iter(self._ciphers))

    def encrypt(self, name: str, content: bytes) -> bytes:
        """Return `content`, encrypted with the current key and bound to `name`."""
        nonce = os.urandom(NONCE_BYTES)
        return FORMAT + self._key_id + nonce + self._ciphers[self._key_id].encrypt(nonce, content, name.encode())

    def decrypt(self, name: str, encrypted: bytes) -> bytes:
        """Return the content of `encrypted`. Raises `DecryptionError`."""
        form, rest = encrypted[:1], encrypted[1:]
        key_ids = list(self._ciphers)
        if form == FORMAT:
            key_ids, rest = [rest[:KEY_ID_BYTES]], rest[KEY_ID_BYTES:]
        nonce, ciphertext = rest[:NONCE_BYTES], rest[NONCE_BYTES:]
        if form not in {FORMAT, FORMAT_WITHOUT_KEY_ID} or len(nonce) != NONCE_BYTES:
            raise DecryptionError
        for key_id in key_ids:
            cipher = self._ciphers.get(key_id)
            try:
                if cipher is not None:
                    return cipher.decrypt(nonce, ciphertext, name.encode())
            except InvalidTag:
                continue
        raise DecryptionError

    def is_current(self, encrypted: bytes) -> bool:
        """Return whether `encrypted` names the current key."""
        return encrypted[: 1 + KEY_ID_BYTES] == FORMAT + self._key_id


class AesSecretBox:
    """Implements `domain.shared.secret_box.SecretBox`: one `Cipher` for each purpose."""

    def __init__(self, keys: Keys) -> None:
        self.cipher = cache(lambda purpose: Cipher(keys, purpose))

    def encrypt(self, purpose: str, name: str, content: bytes) -> bytes:
        """Return `content`, encrypted with the current key and bound to `name`."""
        return self.cipher(purpose).encrypt(name, content)

    def decrypt(self, purpose: str, name: str, encrypted: bytes) -> bytes:
        """Return the content of `encrypted`. Raises `DecryptionError`."""
        return self.cipher(purpose).decrypt(name, encrypted)

    def matches(self, purpose: str, name: str, encrypted: bytes, content: bytes) -> bool:
        """Return whether `content` is the content of `encrypted`; False when no key decrypts it."""
        try:
            return hmac.compare_digest(self.decrypt(purpose, name, encrypted), content)
        except DecryptionError:
            return False


def hmac_under_keys(*secrets: str) -> Callable[[str, bytes], tuple[bytes, ...]]:
    """Return a function that gives the HMAC-SHA256 of a content for a purpose, under each of `secrets` in their order."""

    def hmacs(purpose: str, content: bytes) -> tuple[bytes, ...]:
        return tuple(hmac.digest(derive_key(secret, purpose), content, "sha256") for secret in secrets)

    return hmacs
