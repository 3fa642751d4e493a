"""How many requests a minute has room for: a client's, a person's, an address's; in one process and in several."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest

from api.execution.runner import UseCaseRunner
from api.middleware import rate_limit
from api.middleware.rate_limit import MOST_NAMES, RateLimiter, RateLimits, client_address, retry_after
from api.middleware.security_headers import SecurityHeadersMiddleware
from api.wire.problem_details import RateLimited
from domain.shared.context import Actor, ActorKind
from domain.shared.errors import Unavailable
from domain.shared.ids import DistrictId
from domain.shared.operation import operation
from persistence.database.pool import ConnectionPool
from persistence.repositories.request_counts import PgRequestCounts

MINUTE = 1_700_000_040
"""A moment at which a minute begins."""


class Clock:
    def __init__(self, at=MINUTE):
        self.at = at

    def __call__(self):
        return self.at


@pytest.fixture
def clock():
    return Clock()


def meter(clock, **quotas):
    return RateLimiter(RateLimits(**quotas), b"key", clock)


def taken(meter, n, kind="client", name="a", cost=1):
    """How many of ``n`` requests are let in."""
    found = 0
    for _ in range(n):
        try:
            meter.hit(kind, name, cost)
            found += 1
        except RateLimited:
            pass
    return found


def person(name="p", district=1):
    return Actor(kind=ActorKind.PERSON, id=name, district_id=DistrictId(UUID(int=district)), origin="o", scopes=frozenset())


def test_a_minute_has_room_for_the_quota_and_no_more(clock):
    assert taken(meter(clock, client=10), 15) == 10


def test_what_the_minute_before_counted_fades_while_this_one_passes(clock):
    busy = meter(clock, client=10)
    clock.at += 59
    assert taken(busy, 20) == 10
    clock.at += 1  # a new minute, and all ten still weigh
    assert taken(busy, 20) == 0
    clock.at += 30  # half of them: five
    assert taken(busy, 20) == 5
    clock.at += 60  # 5 of the minute before at one half: 2.5, of which 2 count
    assert taken(busy, 20) == 8


def test_each_has_a_quota_of_their_own(clock):
    several = meter(clock, client=2, person=2)
    assert taken(several, 5, name="a") == taken(several, 5, name="b") == taken(several, 5, kind="person", name="a") == 2


def test_without_a_quota_nothing_is_counted(clock):
    free = meter(clock)
    assert free.hit("client", "a") is None


def test_an_answer_tells_what_is_left_and_when_there_will_be_more(clock):
    busy = meter(clock, client=10)
    clock.at += 18
    assert busy.hit("client", "a", 3) == ("client", 10, 7, 42)


@pytest.mark.parametrize(
    ("free", "previous", "current", "gone"),
    [
        (9, 0, 10, 0),
        (9, 10, 0, 0),
        (5, 10, 0, 0),
        (9, 10, 5, 30),
        (0, 7, 3, 59),
        (0, 10, 10, 12),
        (599, 600, 100, 1),
        (3, 4, 0, 0),
    ],
)
def test_to_wait_is_as_long_as_it_takes(free, previous, current, gone):
    """Found by trying each second, which shares nothing with the formula."""

    def fits(second):
        minutes, passed = divmod(gone + second, 60)
        before, now = {0: (previous, current), 1: (current, 0)}.get(minutes, (0, 0))
        return (before * (60 - passed)) // 60 + now <= free

    assert retry_after(free, previous, current, gone) == next(second for second in range(1, 200) if fits(second))


def test_after_the_wait_that_was_told_it_goes_on(clock):
    for into in (0, 7, 31, 59):
        for cost in (1, 4, 10):
            busy = meter(clock, client=10)
            clock.at = MINUTE + into
            taken(busy, 10)
            with pytest.raises(RateLimited) as refusal:
                busy.hit("client", "a", cost)
            seconds = int(refusal.value.extensions["headers"]["Retry-After"])
            clock.at += seconds
            assert busy.hit("client", "a", cost) is not None


def test_what_costs_more_than_a_whole_quota_costs_that(clock):
    assert taken(meter(clock, client=5), 2, cost=10) == 1


def test_a_person_is_counted_over_all_their_apps_and_apart_from_the_same_id_elsewhere(clock):
    two = meter(clock, client=100, person=2)
    for app in ("phone", "web"):
        two.limit_actor(replace(person(), client_id=app), {})
    with pytest.raises(RateLimited):
        two.limit_actor(replace(person(), client_id="third"), {})
    two.limit_actor(person(district=2), {})


def test_many_names_share_a_count_and_the_memory_has_an_end(clock):
    full = meter(clock, address=2)
    for n in range(MOST_NAMES):
        full.hit("address", str(n))
    assert taken(full, 5, kind="address", name="late") == 2
    assert taken(full, 5, kind="address", name="later") == 0
    assert taken(full, 5, kind="address", name="7") == 1
    assert len(full.counts._current) == MOST_NAMES + 1


def test_strangers_do_not_spend_what_clients_and_people_have(clock, monkeypatch):
    monkeypatch.setattr(rate_limit, "MOST_NAMES", 3)
    full = meter(clock, address=2, client=2, person=2)
    for n in range(9):
        taken(full, 1, kind="address", name=str(n))
    for kind in ("client", "person"):
        assert [taken(full, 3, kind=kind, name=name) for name in ("late", "later")] == [2, 2]
    assert taken(full, 1, kind="address", name="late") == 0


@pytest.mark.parametrize(
    ("host", "counted"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("fe80::1%eth0", "fe80::/64"),
        ("a:b", "a:b"),
    ],
)
def test_of_ipv6_the_network_is_counted(host, counted):
    assert client_address({"client": (host, 1)}) == counted


class Away:
    async def add(self, _minute, _counts):
        raise Unavailable("away")


class Together:
    """Sums, in memory."""

    def __init__(self):
        self.counts = {}

    async def add(self, minute, counts):
        for name, n in counts.items():
            self.counts[minute, name] = self.counts.get((minute, name), 0) + n
        return {name: self.counts[minute, name] for name in counts}


async def test_several_processes_count_together(clock):
    one, two, store = meter(clock, client=10), meter(clock, client=10), Together()
    assert (taken(one, 6), taken(two, 1)) == (6, 1)
    for each in (one, two, one):
        await each.sync(store)
    assert (taken(one, 2), taken(two, 9)) == (2, 3)
    for each in (one, two, one):
        await each.sync(store)
    assert (taken(one, 9), taken(two, 9)) == (0, 0)


async def test_of_addresses_only_those_that_came_since_are_shared(clock):
    one, two, sent = meter(clock, client=10, address=10), meter(clock, address=10), []

    class Watched(Together):
        async def add(self, minute, counts):
            sent.append(sorted(counts.values()))
            return await super().add(minute, counts)

    store = Watched()
    for n in range(5):
        one.hit("address", str(n))
    one.hit("client", "a")
    await one.sync(store)
    await one.sync(store)
    assert (taken(one, 2, "address", "3"), taken(two, 20, "address", "3")) == (2, 10)
    for each in (one, two):
        await each.sync(store)
    # What was known of it when it came last is 3; once it has come again, all is known.
    assert taken(one, 1, "address", "3") == 1
    await one.sync(store)
    assert taken(one, 9, "address", "3") == taken(two, 9, "address", "3") == 0
    assert sent == [[1] * 6, [0], [0, 2], [10], [0, 1]]
    clock.at += 60
    await one.sync(store)
    assert sent[-1] == []


async def test_a_store_that_is_away_stops_nobody_and_loses_nothing(clock):
    one, two, store = meter(clock, client=10), meter(clock, client=10), Together()
    assert taken(one, 6) == 6
    await one.sync(Away())
    assert taken(one, 1) == 1
    await one.sync(store)
    taken(two, 1)
    await two.sync(store)
    assert taken(two, 9) == 2


async def test_what_is_shared_names_nobody(clock):
    one, store = meter(clock, client=10, address=10), Together()
    one.hit("address", "192.0.2.7")
    one.hit("client", "walks")
    await one.sync(store)
    assert all(len(name) == 32 and int(name, 16) >= 0 for _, name in store.counts)


async def test_two_processes_share_on_the_database(database, clock):
    pool = ConnectionPool(database.app_url, size=2)
    counts = PgRequestCounts(pool)
    one, two = meter(clock, client=10), meter(clock, client=10)
    try:
        assert (taken(one, 6), taken(two, 1)) == (6, 1)
        for each in (one, two, one):
            await each.sync(counts)
        assert (taken(one, 9), taken(two, 2)) == (3, 2)
        assert await counts.add(7, {}) == {}
        await counts.add(10**9, {"x": 1})  # far ahead: what is older goes
        assert await counts.add(10**9, {"x": 2}) == {"x": 3}
        assert await counts.add(MINUTE // 60, {}) == {}
    finally:
        await pool.close()


async def test_a_database_that_is_not_there_is_a_store_that_is_away(clock):
    async with ConnectionPool("postgresql://evenkeel_app@127.0.0.1:1/none", size=2) as pool:
        with pytest.raises(Unavailable):
            await PgRequestCounts(pool).add(1, {"a": 1})


def test_a_batch_is_charged_for_what_it_holds_beyond_its_request():
    from api.wire.observation_batch import PushBatch

    weights = [PushBatch(whole=False, items=(None,) * n).weight for n in (1, 100, 101, 1000)]
    assert weights == [1, 1, 2, 10]


async def test_a_use_case_is_not_run_when_its_weight_is_refused(clock):
    ran = []

    @operation(weight=lambda command: command.items)
    async def use_case(command, ctx):
        ran.append(command)

    class Heavy:
        items = 4

    busy = meter(clock, client=3)
    call = UseCaseRunner(
        actor=person(), environment=Environment, request_id="", charge=lambda cost: busy.hit("client", "a", cost + 1)
    )
    assert busy.hit("client", "a") is not None
    with pytest.raises(RateLimited):
        await call.run(use_case, Heavy())
    assert ran == []


class Environment:
    now = staticmethod(lambda: datetime(2026, 1, 1, tzinfo=UTC))
    new_id = random_id = staticmethod(lambda: UUID(int=1))
    cursors = staticmethod(lambda _district: None)


async def test_a_handshake_of_a_websocket_is_refused_whatever_is_behind_it():
    sent = []

    async def app(scope, receive, send):
        await send({"type": "websocket.accept"})

    async def send(message):
        sent.append(message["type"])

    guarded = SecurityHeadersMiddleware(app, public_url="https://x.example", rate_limiter=meter(Clock()), error_response=None)
    await guarded({"type": "websocket", "path": "/graphql", "headers": [(b"origin", b"https://evil.example")]}, None, send)
    assert sent == ["websocket.close"]
