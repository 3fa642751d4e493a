"""Key sets of clients that publish them at a URL of their own (`jwks_uri`): fetched through the guard, cached for a while.

Never awaited while the transaction of the authorization server is open: another server decides how long it takes.
"""

import json
import logging
import time
from asyncio import Lock
from collections.abc import Callable
from dataclasses import dataclass
from weakref import WeakValueDictionary

import httpx2
from cachetools import TTLCache
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from api.outbound.http_client import BoundedTransport, GuardedTransport, Transport, client
from domain.directory.client_registration import jwks_errors

log = logging.getLogger(__name__)

SECONDS = 5.0
MAX_BYTES = 64 * 1024
FRESH_SECONDS = 300.0
"""How long a key set is cached: a removed key is rejected after this."""
RETRY_SECONDS = 60.0
"""Seconds before a URL that failed, or lacked a key id, is requested again: anyone can send assertions with unknown ones."""
MAX_CACHED = 1_000


@dataclass(frozen=True, kw_only=True)
class FetchedJwks:
    """The key set at `uri`; None when there was none."""

    uri: str
    keys: KeySet | None


class ClientJwksCache:
    """Key sets by their URL, for this process."""

    def __init__(self, transport: Transport | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._transport = BoundedTransport(transport or GuardedTransport(), seconds=SECONDS, max_bytes=MAX_BYTES)
        self._keys: TTLCache[str, KeySet] = TTLCache(MAX_CACHED, FRESH_SECONDS, clock)
        self._requested: TTLCache[str, bool] = TTLCache(MAX_CACHED, RETRY_SECONDS, clock)
        self._locks: WeakValueDictionary[str, Lock] = WeakValueDictionary()

    async def get(self, uri: str, kid: str | None) -> FetchedJwks:
        """Return the keys at `uri`, fetched if `kid` is not cached; concurrent calls share one request."""
        if not self._is_enough(uri, kid):
            async with self._locks.setdefault(uri, Lock()):
                if not self._is_enough(uri, kid):
                    await self._fetch(uri)
        return FetchedJwks(uri=uri, keys=self._keys.get(uri))

    def _is_enough(self, uri: str, kid: str | None) -> bool:
        """Return whether the key is cached, or it is too soon to request the URL again."""
        keys = self._keys.get(uri)
        cached = keys is not None and (kid is None or any(key.kid == kid for key in keys.keys))
        return cached or uri in self._requested

    async def _fetch(self, uri: str) -> None:
        """Fetch the keys; on failure the earlier ones are used until they expire."""
        try:
            async with client(self._transport) as http:
                response = await http.get(uri, headers={"Accept": "application/json"})
            self._keys[uri] = _key_set(response)
        except (httpx2.HTTPError, httpx2.InvalidURL, JoseError, ValueError, TypeError, KeyError, RecursionError) as error:
            # Only the type of the error: other servers' responses may contain anything.
            log.info("client_jwks_unavailable", extra={"kind": type(error).__name__})
        self._requested[uri] = True


def _key_set(response: httpx2.Response) -> KeySet:
    """Return the public keys in `response`. Raises `ValueError` and others, also for a private or symmetric key."""
    jwks = json.loads(response.content) if response.status_code == 200 else None
    if not isinstance(jwks, dict) or any(jwks_errors(jwks)):
        raise ValueError("no set of public keys")
    return KeySet.import_key_set({"keys": list(jwks["keys"])})
