import base64
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from types import SimpleNamespace
from uuid import UUID

import pytest

from domain.directory.ports import ReferencedPerson
from domain.roster.role_mapping import RoleMapping
from domain.scoring.ports import TallyBasis
from domain.shared.idempotent_push import PushHead
from domain.shared.ids import PersonId, SchoolId
from tests.api.graphql.test_errors import GOOD, PUSH
from tests.support.graphql_app import KNOWN, GraphQLApp

MANY = """mutation($b: PushObservationsInput!, $k: String) {
  pushObservations(input: $b, idempotencyKey: $k) {
    results { index externalId status outcome uuid problem { code retry errors { pointer code } } } counts { status n }
  }
}"""


class Pushes:
    def __init__(self) -> None:
        self.heads: dict[str, PushHead] = {}

    async def lock(self, _kind, external_ids: Sequence[str]) -> Mapping[str, PushHead]:
        return {i: self.heads[i] for i in external_ids if i in self.heads}

    async def create(self, _kind, heads) -> None:
        self.heads |= {h.external_id: h for h in heads}

    advance = create


class Tallies:
    async def basis(self) -> TallyBasis:
        return TallyBasis(number=1, configuration_version=1, half_life_days=365.0, landmark=datetime(2026, 1, 1, tzinfo=UTC))

    async def apply(self, *_args):
        return {}

    async def put_newest(self, *_args) -> None: ...


class References:
    async def people(self, _refs):
        known = ReferencedPerson(id=PersonId(UUID(int=7)), is_leader=True, may_supervise=False)
        return {("sourced_id", "207267"): (known,)}

    async def people_in_scope_and_others(self, in_scope, others):
        return await self.people(in_scope), await self.people(others)

    async def schools(self, _refs):
        return {("sourced_id", "255901001"): (SchoolId(UUID(int=8)),)}


class Observations:
    def __init__(self) -> None:
        self.stored = []

    async def add(self, observations) -> None:
        self.stored += observations

    async def supersede(self, *_args):
        return ()


class Instruments:
    async def rubrics(self, *_args):
        return ()


class Roster:
    """A role mapping that is held and replaced."""

    def __init__(self) -> None:
        self.mapping = RoleMapping(version=1, entries=())
        self.lock = self.remap = self.nothing

    async def nothing(self, *_args: object) -> None: ...

    async def role_mapping(self) -> RoleMapping:
        return self.mapping

    async def role_counts(self):
        return ()

    async def save_role_mapping(self, mapping: RoleMapping) -> None:
        self.mapping = mapping


@pytest.fixture
async def served():
    stores = {
        "pushes": Pushes(),
        "tallies": Tallies(),
        "references": References(),
        "observations": Observations(),
        "instruments": Instruments(),
        "evidence": SimpleNamespace(),
        "roster": Roster(),
    }
    made = GraphQLApp(stores=stores)
    async with made.client:
        yield made


async def test_an_observation_is_pushed_and_twice_is_once(served):
    said = {"o": GOOD | {"externalId": "walk-1", "externalVersion": "1772458880123"}}
    outcomes = [(await served.ask(PUSH, said))["data"]["pushObservation"]["outcome"] for _ in range(2)]
    assert outcomes == ["created", "unchanged"]
    [kept] = served.stores["observations"].stored
    assert (kept.version, kept.ratings[0].value, kept.ratings[0].responsibility) == (1772458880123, 4.0, "visibility")


async def test_a_key_gives_the_stored_answer_again_and_refuses_another_input(served):
    query = (
        "mutation($o: PushObservationInput!, $k: String) { pushObservation(input: $o, idempotencyKey: $k) { outcome uuid } }"
    )
    first = await served.ask(query, {"o": GOOD, "k": "k-1"})
    again = await served.ask(query, {"o": GOOD, "k": '"k-1"'})
    assert first == again
    assert len(served.stores["observations"].stored) == 1
    other = await served.error(query, {"o": GOOD | {"setting": "online"}, "k": "k-1"})
    assert other["code"] == "idempotency_key_reused"


async def test_a_stored_answer_says_so_in_a_header(served):
    query = 'mutation($o: PushObservationInput!) { pushObservation(input: $o, idempotencyKey: "k") { outcome } }'
    body = {"query": query, "variables": {"o": GOOD}}
    told = [(await served.post(body, authorization=KNOWN)).headers.get("idempotent-replayed") for _ in range(2)]
    assert told == [None, "true"]


async def test_without_a_key_nothing_is_kept_whatever_the_headers_say(served):
    await served.ask(PUSH, {"o": GOOD})
    await served.ask(PUSH, {"o": GOOD})
    assert served.idempotency.stored == {}
    assert len(served.stores["observations"].stored) == 2


@pytest.mark.parametrize("key", ["", '""', "k" * 256])
async def test_a_key_has_1_to_255_characters(served, key):
    query = "mutation($o: PushObservationInput!, $k: String) { pushObservation(input: $o, idempotencyKey: $k) { outcome } }"
    assert (await served.error(query, {"o": GOOD, "k": key}))["errors"][0]["pointer"] == "/idempotencyKey"


async def test_each_item_of_a_batch_is_judged_by_itself(served):
    late = GOOD | {"externalId": "b", "observedAt": "2026-03-02T08:30:00"}
    items = [{"push": GOOD | {"externalId": "a"}}, {"push": late}, {"retract": {"externalId": "c", "externalVersion": "2"}}]
    told = (await served.ask(MANY, {"b": {"items": items}}))["data"]["pushObservations"]
    assert [(r["externalId"], r["status"], r["outcome"]) for r in told["results"]] == [
        ("a", 201, "created"),
        ("b", 422, None),
        ("c", 200, "retracted"),
    ]
    assert told["results"][1]["problem"] == {
        "code": "naive_time",
        "retry": "never",
        "errors": [{"pointer": "/observed_at", "code": "naive_time"}],
    }
    assert told["counts"] == [{"status": 200, "n": 1}, {"status": 201, "n": 1}, {"status": 422, "n": 1}]


async def test_all_or_none_applies_nothing_and_says_so(served):
    items = [{"push": GOOD | {"externalId": "a"}}, {"push": GOOD | {"externalId": "b", "observedAt": "2026-03-02T08:30:00"}}]
    told = await served.error(MANY, {"b": {"atomicity": "all", "items": items}})
    assert told["code"] == "naive_time"
    assert [(r["status"], r["problem"]["code"], r["id"]) for r in told["results"]] == [
        (424, "not_applied", None),
        (422, "naive_time", None),
    ]
    assert served.stores["observations"].stored == []


async def test_a_batch_under_a_key_is_answered_again_from_what_was_kept(served):
    said = {"b": {"items": [{"push": GOOD | {"observedAt": "2026-03-02T08:30:00"}}, {"push": GOOD}]}, "k": "b-1"}
    first = await served.ask(MANY, said)
    assert await served.ask(MANY, said) == first
    assert len(served.stores["observations"].stored) == 1


@pytest.mark.parametrize("n", [0, 1001])
async def test_a_batch_has_1_to_1000_items(served, n):
    items = [{"retract": {"externalId": str(i), "externalVersion": "2"}} for i in range(n)]
    told = await served.error(MANY, {"b": {"items": items}})
    assert told["errors"][0]["pointer"] == "/items"


async def test_an_item_is_a_push_or_a_retraction(served):
    both = {"push": GOOD, "retract": {"externalId": "c", "externalVersion": "2"}}
    told = await served.error(MANY, {"b": {"items": [both]}})
    assert (told["errors"][0]["pointer"], told["code"]) == ("/items/0", "exactly_one")


async def test_an_edit_names_the_version_that_it_changes(served):
    query = """mutation($v: Int) { putRoleMapping(expectedVersion: $v,
      input: {entries: [{rosterRole: "districtAdministrator", role: supervisor}]}) { version entries { rosterRole role } } }"""
    stale = await served.error(query, {"v": 7})
    assert (stale["code"], stale["status"]) == ("stale", 412)
    assert stale["current_version"] == str(served.stores["roster"].mapping.version)
    told = (await served.ask(query, {"v": served.stores["roster"].mapping.version}))["data"]["putRoleMapping"]
    assert told["entries"] == [{"rosterRole": "districtAdministrator", "role": "supervisor"}]


async def test_where_a_version_must_be_named_the_schema_says_so(served):
    query = """mutation { editInitiative(input: {initiativeId: "x", leader: {id: "y"}, title: "t",
      goalTiedToStudentLearning: true, aboutTeachingAndLearning: true}) { version } }"""
    told = await served.error(query)
    assert told["code"] == "missing"
    assert "expectedVersion" in told["detail"]


@pytest.mark.parametrize(("package", "code"), [("%%%", "malformed"), (base64.b64encode(b"no zip").decode(), "roster_faulty")])
async def test_a_roster_comes_as_base64(served, package, code):
    told = await served.error("mutation($p: Base64!) { importRoster(input: {package: $p}) { state } }", {"p": package})
    assert told["code"] == code
