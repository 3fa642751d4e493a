"""The keys that sign access tokens: stored encrypted in the database, shared by workers, and kept over restarts."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import msgspec
from joserfc.jwk import DictKey, ECKey, Key, KeySet, KeySetSerialization

from api.oauth.ports import OAuthStore
from api.security.encryption import Cipher, DecryptionError, Keys
from api.settings import Misconfigured
from domain.directory.oauth_clients import EncryptedSigningKey

PURPOSE = "signing keys"
PUBLISHED_AFTER_ROTATION = timedelta(days=1)
FRESH_SECONDS = 60.0
"""Seconds before loaded keys are loaded again, so that a retired key soon no longer signs."""
RELOAD_SECONDS = 5.0
"""Seconds between two loads for an unknown key id: forged tokens can come faster than the database responds."""


class KeyRing:
    """One private key to sign with, and the public ones of all keys that tokens in use may have been signed with."""

    def __init__(self, *, store: OAuthStore, secret: Keys, clock: Callable[[], float] = time.monotonic) -> None:
        self._store = store
        self._cipher = Cipher(secret, PURPOSE)
        self._clock = clock
        self._loaded_at = float("-inf")
        self._signing = KeySet([])
        self._public: dict[str, ECKey] = {}

    async def start(self) -> None:
        """Load the keys; make the first one. Raises `Misconfigured` when they were encrypted under another SECRET_KEY."""
        await self._load()
        if not self._signing:
            key = ECKey.generate_key("P-256", {"use": "sig", "alg": "ES256"}, auto_kid=True)
            kid = str(key.kid)
            encrypted = self._cipher.encrypt(kid, msgspec.json.encode(key.as_dict(private=True)))
            await self._store.offer_signing_key(kid, encrypted, datetime.now(UTC))
            # Another worker's offer may have come first.
            await self._load()

    @property
    def current(self) -> KeySet:
        """A set with exactly one private key, as loaded last (of several Authlib would pick one at random)."""
        return self._signing

    async def signing(self) -> KeySet:
        """Return `current`, loaded again when it is older than `FRESH_SECONDS`."""
        if self._clock() - self._loaded_at > FRESH_SECONDS:
            await self.start()
        return self._signing

    async def public(self, kid: str) -> ECKey | None:
        """Return the public key `kid`; loads again, every few seconds at most, when it is unknown."""
        found = self._public.get(kid)
        if found is None and self._clock() - self._loaded_at > RELOAD_SECONDS:
            await self._load()
            found = self._public.get(kid)
        return found

    async def published(self) -> KeySetSerialization:
        """Return the JWK set: every key that tokens in use may have been signed with, its public half alone."""
        await self.signing()
        keys: list[Key] = [*self._public.values()]
        return KeySet(keys).as_dict(private=False)

    async def _load(self) -> None:
        stored = await self._store.signing_keys()
        # No token outlives a key that has been retired for longer than any token is good.
        oldest = datetime.now(UTC) - PUBLISHED_AFTER_ROTATION
        keys = [(self._decrypt(k), k.retired_at) for k in stored if k.retired_at is None or k.retired_at > oldest]
        live: list[Key] = [key for key, retired_at in keys if retired_at is None]
        self._signing = KeySet(live[-1:])
        self._public = {str(key.kid): _public_half(key) for key, _ in keys}
        self._loaded_at = self._clock()

    def _decrypt(self, key: EncryptedSigningKey) -> ECKey:
        try:
            jwk = msgspec.json.decode(self._cipher.decrypt(key.kid, key.sealed), type=DictKey)
        except DecryptionError:
            raise Misconfigured(
                "SECRET_KEY is not the one that this database's signing keys were sealed under: start with that one "
                "(or name it in SECRET_KEY_PREVIOUS), "
                "or delete the rows of control.signing_key, after which every client asks for a new token."
            ) from None
        return ECKey.import_key(jwk)


def _public_half(key: ECKey) -> ECKey:
    return ECKey.import_key(key.as_dict(private=False))
