"""Signs the trail's blocks (Ed25519) with a key made of SECRET_KEY, which the database does not hold."""

from collections.abc import Sequence
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from api.security.encryption import derived_key

PURPOSE = "audit blocks"


class TrailSigner:
    """``Signer``: signs with the key of ``secret``; knows those of the secrets ``before`` it, too."""

    def __init__(self, secret: str, before: Sequence[str] = ()) -> None:
        self._key = _key(secret)
        self._known = {key_id(k.public_key()): k.public_key() for k in (self._key, *(_key(old) for old in before))}
        self.key_id = key_id(self._key.public_key())

    @property
    def public_key(self) -> str:
        """The public key in hex: who keeps it elsewhere can check signatures without us."""
        return _raw(self._key.public_key()).hex()

    def sign(self, digest: bytes) -> bytes:
        """The signature of a block's digest."""
        return self._key.sign(digest)

    def has_key(self, key_id: str) -> bool:
        """Whether this installation holds that key, now or as one before."""
        return key_id in self._known

    def verify(self, key_id: str, digest: bytes, signature: bytes) -> bool:
        """Whether the key ``key_id``, which is known, made ``signature`` of ``digest``."""
        try:
            self._known[key_id].verify(signature, digest)
        except InvalidSignature:
            return False
        return True


def key_id(public: Ed25519PublicKey) -> str:
    """The first 16 hex digits of the SHA-256 of the public key."""
    return sha256(_raw(public)).hexdigest()[:16]


def _key(secret: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(derived_key(secret, PURPOSE))


def _raw(public: Ed25519PublicKey) -> bytes:
    return public.public_bytes(Encoding.Raw, PublicFormat.Raw)
