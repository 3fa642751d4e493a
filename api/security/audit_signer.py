"""Sign the blocks of the audit log (Ed25519) with a key derived from SECRET_KEY, which is not in the database."""

from collections.abc import Sequence
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from api.security.encryption import derive_key

PURPOSE = "audit blocks"


class AuditSigner:
    """Implements `Signer`: signs with the key of `secret`; verifies with those of `previous` as well."""

    def __init__(self, secret: str, previous: Sequence[str] = ()) -> None:
        self._key = _private_key(secret)
        self._public_keys = {
            key_id(k.public_key()): k.public_key() for k in (self._key, *(_private_key(old) for old in previous))
        }
        self.key_id = key_id(self._key.public_key())

    @property
    def public_key(self) -> str:
        """Return the public key in hex, by which signatures can be verified without Evenkeel."""
        return _public_bytes(self._key.public_key()).hex()

    def sign(self, digest: bytes) -> bytes:
        """Return the signature of a block's digest."""
        return self._key.sign(digest)

    def has_key(self, key_id: str) -> bool:
        """Return whether this installation has the key `key_id`, current or previous."""
        return key_id in self._public_keys

    def verify(self, key_id: str, digest: bytes, signature: bytes) -> bool:
        """Return whether `signature` is that of `digest` by the key `key_id`. Raises `KeyError` for an unknown key."""
        try:
            self._public_keys[key_id].verify(signature, digest)
        except InvalidSignature:
            return False
        return True


def key_id(public: Ed25519PublicKey) -> str:
    """Return the first 16 hex digits of the SHA-256 of the public key."""
    return sha256(_public_bytes(public)).hexdigest()[:16]


def _private_key(secret: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(derive_key(secret, PURPOSE))


def _public_bytes(public: Ed25519PublicKey) -> bytes:
    return public.public_bytes(Encoding.Raw, PublicFormat.Raw)
