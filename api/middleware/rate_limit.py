"""How many requests a client, a person or an address may send in a minute, and who has sent how many.

Sliding windows of ``limits``: what the minute before counted fades while this one fills. Each process counts in memory, so a
request never waits for a store; with several processes each tells the others once a second what it has counted (``share``).
So all of them together admit at most a second's requests too many, and none stops serving when the store is away.
"""

import asyncio
import hmac
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from ipaddress import IPv6Address, ip_address
from math import ceil, floor
from typing import Any, NamedTuple, Protocol

from limits import RateLimitItemPerMinute
from limits.storage import Storage
from limits.storage.base import SlidingWindowCounterSupport
from limits.strategies import SlidingWindowCounterRateLimiter

from api.wire.problem_details import RateLimited
from domain.shared.context import Actor, ActorKind
from domain.shared.errors import Unavailable

WINDOW, SHARE_SECONDS = 60, 1
"""Seconds."""
MOST_NAMES = 100_000
"""Names counted in one minute; addresses that come after them share a count, so that many can't fill the memory. Clients and
people never do: they are as many as there are, and shall not pay for strangers."""
CROWD = "everybody else"

CLIENT, PERSON, ADDRESS = "client", "person", "address"

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Quotas:
    """Requests a minute; 0: as many as one likes."""

    client: int = 0
    person: int = 0
    address: int = 0


class Paid(NamedTuple):
    """A request that was counted: against which quota of how many, how many are left, and seconds until more will be."""

    kind: str
    limit: int
    remaining: int
    seconds: int


class Shares(Protocol):
    """What all processes have counted together."""

    async def add(self, minute: int, counts: Mapping[str, int]) -> Mapping[str, int]:
        """Add ``counts`` to what is held of ``minute``, and tell the sums. Raises ``Unavailable``."""
        ...


class Counts(Storage, SlidingWindowCounterSupport):
    """The counts of this minute and the one before; older ones go as a whole.

    ``limits`` has a store in memory, but it starts a task (or a thread) at every request to look through all its keys.
    """

    STORAGE_SCHEME = None

    def __init__(self, clock: Callable[[], float]) -> None:
        super().__init__()
        self._clock = clock
        self._minute = 0
        self._current: dict[str, int] = {}
        self._previous: dict[str, int] = {}
        self._untold: dict[str, int] = {}
        self._followed: set[str] = set()
        self.seen = (0, 0.0, 0)
        """At the last request counted: the minute before, seconds left of this one, this one."""

    def turn(self) -> float:
        """Begin the minute that it is; how many seconds of it have gone."""
        minute, gone = divmod(self._clock(), WINDOW)
        if minute != self._minute:
            self._previous = self._current if minute == self._minute + 1 else {}
            self._current, self._untold, self._followed = {}, {}, set()
            self._minute = int(minute)
        return gone

    def known(self, key: str) -> str:
        """The name ``key`` is counted under."""
        room = len(self._current) < MOST_NAMES or not _is_address(key)
        return key if room or key in self._current else CROWD

    def get_sliding_window(self, key: str, expiry: int) -> tuple[int, float, int, float]:
        """What the minute before counted and how much of it still weighs (seconds), what this one did and how long it lasts."""
        left = expiry - self.turn()
        name = self.known(key)
        return self._previous.get(name, 0), left, self._current.get(name, 0), left + expiry

    def acquire_sliding_window_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Count ``amount`` more where that stays within ``limit``."""
        left = expiry - self.turn()
        name = self.known(key)
        previous, current = self._previous.get(name, 0), self._current.get(name, 0)
        if floor(previous * left / expiry + current) + amount > limit:
            self.seen = previous, left, current
            return False
        self.seen = previous, left, self._add(name, amount)
        return True

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:  # noqa: ARG002 - the library's signature
        """Count ``amount`` more in this minute."""
        return self._add(self.known(key), amount)

    def _add(self, name: str, amount: int) -> int:
        current = self._current[name] = self._current.get(name, 0) + amount
        self._untold[name] = self._untold.get(name, 0) + amount
        if not _is_address(name):
            self._followed.add(name)
        return current

    async def share(self, shares: Shares, name: Callable[[str], str]) -> None:
        """Tell what was counted since the last time, under names that say nothing, and learn what all have counted.

        Of clients and people all are asked for; of addresses, which may be very many, those that came since. One that comes
        back is told of then: until that, for a second, it is measured by what was known of it when it came last.
        """
        self.turn()
        minute, told = self._minute, self._untold
        self._untold = {}
        counted = {name(key): key for key in told.keys() | self._followed}
        try:
            sums = await shares.add(minute, {hidden: told.get(key, 0) for hidden, key in counted.items()})
        except Unavailable:
            for key, n in told.items():
                self._untold[key] = self._untold.get(key, 0) + n
            raise
        self.turn()
        # What came while we asked is counted here and not yet told.
        of = {self._minute: self._current, self._minute - 1: self._previous}.get(minute, {})
        since = self._untold if minute == self._minute else {}
        of.update({counted[hidden]: n + since.get(counted[hidden], 0) for hidden, n in sums.items() if hidden in counted})

    def get(self, key: str) -> int:
        """What this minute counted."""
        return self._current.get(self.known(key), 0)

    def get_expiry(self, key: str) -> float:  # noqa: ARG002 - the library's signature
        """When this minute ends."""
        return float((self._minute + 1) * WINDOW)

    def check(self) -> bool:
        """Memory is always there."""
        return True

    def reset(self) -> int | None:
        """Forget everything."""
        n = len(self._current)
        self._current, self._previous, self._untold, self._followed = {}, {}, {}, set()
        return n

    def clear(self, key: str) -> None:
        """Forget ``key``."""
        for held in (self._current, self._previous, self._untold):
            held.pop(key, None)
        self._followed.discard(key)

    def clear_sliding_window(self, key: str, expiry: int) -> None:  # noqa: ARG002 - the library's signature
        """Forget ``key``."""
        self.clear(key)

    @property
    def base_exceptions(self) -> type[Exception]:
        """What goes wrong in memory: nothing that we know."""
        return MemoryError


def _is_address(key: str) -> bool:
    """Whether ``key``, as ``limits`` makes it of a quota and a name, is of somebody we do not know."""
    return key.startswith(f"{ADDRESS}/")


def wait(free: int, previous: int, current: int, gone: float) -> int:
    """Whole seconds until counts of ``previous`` (the minute before) and ``current`` have faded to at most ``free``, 1 to 120.

    ``gone`` seconds of this minute have passed; ``free`` is what the quota leaves to what is asked for, at least 0, and less
    than what is counted now. Parts of a count do not count: to weigh just under ``free + 1`` is enough.
    """
    room = free + 1 - current
    if room > 0:
        return floor(WINDOW * (previous - room) / previous - gone) + 1
    return floor(WINDOW - gone + WINDOW * max(0, current - free - 1) / current) + 1


class Meter:
    """Counts requests against their quotas and refuses what goes beyond."""

    def __init__(self, quotas: Quotas, key: bytes, clock: Callable[[], float] = time.time) -> None:
        self.quotas = quotas
        self._key = key
        self.counts = Counts(clock)
        self._limiter = SlidingWindowCounterRateLimiter(self.counts)
        named = ((CLIENT, quotas.client), (PERSON, quotas.person), (ADDRESS, quotas.address))
        self._items = {kind: RateLimitItemPerMinute(n, namespace=kind) for kind, n in named if n}

    def charge(self, kind: str, name: str, cost: int = 1, *, refuse: bool = True) -> Paid | None:
        """Count ``cost`` against the quota of ``name``; None where there is no quota. Raises ``RateLimited``.

        What costs more than a whole minute's quota costs that: it would never be let in. ``refuse``: False counts only.
        """
        item = self._items.get(kind)
        if item is None:
            return None
        cost = min(cost, item.amount)
        taken = self._limiter.hit(item, name, cost=cost)
        previous, left, current = self.counts.seen
        if taken or not refuse:
            remaining = max(0, item.amount - floor(previous * left / WINDOW + current))
            return Paid(kind, item.amount, remaining, ceil(left) or 1)
        seconds = wait(item.amount - cost, previous, current, WINDOW - left)
        raise refused(Paid(kind, item.amount, 0, seconds))

    def payer(self, actor: Actor, scope: Any) -> Callable[[int], None]:
        """Count one request of ``actor``; what more it costs is said to the answer. Both note in ``scope`` how it stands."""
        if actor.kind is ActorKind.PERSON:
            kind, name = PERSON, f"{actor.district_id}:{actor.id}"
        else:
            kind, name = CLIENT, actor.id

        def pay(cost: int) -> None:
            self._noted(scope, kind, name, cost, refuse=True)

        pay(1)
        return pay

    def stranger(self, scope: Any, *, refuse: bool = True) -> None:
        """Count a request of nobody we know against the address it came from."""
        self._noted(scope, ADDRESS, address_of(scope), 1, refuse=refuse)

    def _noted(self, scope: Any, kind: str, name: str, cost: int, *, refuse: bool) -> None:
        try:
            scope["evenkeel.paid"] = self.charge(kind, name, cost, refuse=refuse)
        except RateLimited as refusal:
            scope["evenkeel.paid"] = refusal.more["paid"]
            raise

    async def share(self, shares: Shares) -> None:
        """One exchange with the other processes; a store that is away is said in the log, and asked again."""
        try:
            await self.counts.share(shares, self._hidden)
        except Unavailable:
            log.warning("rates_not_shared")

    async def keep_sharing(self, shares: Shares) -> None:
        """Exchange at once, so that a new process knows what the others counted, and then every second until cancelled."""
        while True:
            await self.share(shares)
            await asyncio.sleep(SHARE_SECONDS)

    def _hidden(self, name: str) -> str:
        """``name`` as it leaves this process: an address or a person is nobody there."""
        return hmac.new(self._key, name.encode(), sha256).hexdigest()[:32]


def refused(paid: Paid) -> RateLimited:
    """The refusal of what goes beyond a quota."""
    whose = {CLIENT: "this client", PERSON: "this person", ADDRESS: "requests without a token from this address"}[paid.kind]
    return RateLimited(
        f"{whose} may send {paid.limit:,} requests a minute; go on in {paid.seconds} s (see Retry-After)",
        more={"headers": {"Retry-After": str(paid.seconds)}, "paid": paid},
    )


def address_of(scope: Any) -> str:
    """The address that a request came from; of IPv6 the network, of which every house has one."""
    host = str((scope.get("client") or ("nowhere", 0))[0])
    if ":" not in host:
        return host
    try:
        found = ip_address(host.partition("%")[0])
    except ValueError:
        return host
    if isinstance(found, IPv6Address) and found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return f"{IPv6Address(int(found) >> 64 << 64)}/64"
