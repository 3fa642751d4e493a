"""The keys that a client keeps at an address of its own (``jwks_uri``): fetched through the guard, and believed for a while.

Nothing here is to be awaited while the bridge's transaction is open: somebody else's server decides how long it takes.
"""

import json
import logging
import time
from asyncio import Lock
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

import httpx2
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from api.outbound.http_client import Outbound, Transport, url_check
from api.outbound.response_limits import Bounded
from domain.directory.client_registration import jwks_faults

log = logging.getLogger(__name__)

SECONDS = 5.0
LARGEST = 64 * 1024
BELIEVED_SECONDS = 300.0
"""How long a key set is believed: a key taken out of it proves nothing after this."""
AGAIN_SECONDS = 60.0
"""How soon an address is asked again that gave nothing, or not the key that an assertion names: anybody can name one."""
MOST_KNOWN = 1_000


@dataclass(frozen=True, kw_only=True)
class Fetched:
    """What ``uri`` gave; None where that is no key set."""

    uri: str
    keys: KeySet | None


@dataclass
class _Held:
    """What an address gave, and when by the clock; ``turn``: whoever asks it now, so that nobody else need."""

    asked: float = float("-inf")
    read: float = float("-inf")
    keys: KeySet | None = None
    turn: Lock = field(default_factory=Lock)

    def believed(self, now: float) -> KeySet | None:
        """The keys, while they count."""
        return self.keys if now - self.read < BELIEVED_SECONDS else None

    def is_enough(self, kid: str | None, now: float) -> bool:
        """Whether there is no need to ask, or it is too soon for that."""
        keys = self.believed(now)
        known = keys is not None and (kid is None or any(key.kid == kid for key in keys.keys))
        return known or now - self.asked < AGAIN_SECONDS


class ClientKeys:
    """Key sets by their address, of this process."""

    def __init__(self, transport: Transport | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        guard = transport or Outbound()
        self.vet = url_check(guard)
        """Checks an address that somebody registers."""
        self._transport = Bounded(guard, seconds=SECONDS, largest=LARGEST)
        self._clock = clock
        self._known: OrderedDict[str, _Held] = OrderedDict()

    async def at(self, uri: str, kid: str | None) -> Fetched:
        """The keys at ``uri``, where the one named ``kid`` is wanted; asked for once, however many want it."""
        held = self._known.setdefault(uri, _Held())
        self._known.move_to_end(uri)
        while len(self._known) > MOST_KNOWN:
            self._known.popitem(last=False)
        if not held.is_enough(kid, self._clock()):
            async with held.turn:
                if not held.is_enough(kid, self._clock()):
                    await self._ask(uri, held)
        return Fetched(uri=uri, keys=held.believed(self._clock()))

    async def _ask(self, uri: str, held: _Held) -> None:
        """Read the keys anew; where that fails, those that were read before count until their time is over."""
        try:
            keys = _key_set(await self._content(uri))
        except (httpx2.HTTPError, httpx2.InvalidURL, JoseError, ValueError, TypeError, KeyError, RecursionError) as error:
            # The kind alone: what others' servers say may hold anything.
            log.info("client_keys_not_read", extra={"kind": type(error).__name__})
        else:
            held.keys, held.read = keys, self._clock()
        held.asked = self._clock()

    async def _content(self, uri: str) -> bytes:
        async with httpx2.AsyncClient(transport=self._transport, trust_env=False, follow_redirects=False) as http:
            answer = await http.get(uri, headers={"Accept": "application/json"})
        if answer.status_code != 200:
            raise ValueError("no key set")
        return answer.content


def _key_set(content: bytes) -> KeySet:
    """Public keys alone: whoever publishes a secret, or a symmetric key, has none. Raises ``ValueError`` and the like."""
    said = json.loads(content)
    if not isinstance(said, dict) or any(jwks_faults(said)):
        raise ValueError("no set of public keys")
    return KeySet.import_key_set({"keys": list(said["keys"])})
