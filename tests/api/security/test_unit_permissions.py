"""A unit of work finds nothing beyond its permission, whoever asks it for what: real ids of a district that has everything."""

from uuid import UUID

import pytest

from domain.directory.commands import ListPeople
from domain.directory.model import PersonRef
from domain.observations.commands import ListObservations
from domain.shared.access_scope import NO_PERMISSION, NOTHING, AccessScope, Permission
from domain.shared.context import Actor, ActorKind
from tests.support.people import ALL
from tests.support.units import WHOLE, begin_test_transaction

LEADER = "207267"
WHOLE_DISTRICT_STORES = (
    *(
        "accounts",
        "grants",
        "person_merge",
        "manual_people",
        "roster",
        "portability",
        "holds",
        "erasures",
        "retention",
        "audit_store",
    ),
)


@pytest.fixture
async def filled(service):
    """A district with a roster, one observation and one initiative of the leader."""
    district = await service.district()
    leader = await district.person(LEADER)
    school = (await district.http.get("/v1/schools")).json()["items"][0]["id"]
    pushed = await district.http.post(
        "/v1/observations",
        json={
            "purpose": "formative",
            "leader": {"id": leader},
            "observer": {"external_name": "A visitor"},
            "school": {"id": school},
            "observed_at": "2026-03-02T14:00:00Z",
            "setting": "classroom",
            "ratings": [{"responsibility": "focus", "value": 4}],
        },
    )
    assert pushed.status_code == 201, pushed.text
    made = await district.http.post(
        "/v1/initiatives",
        json={
            "leader": {"id": leader},
            "title": "Reading block",
            "goal_tied_to_student_learning": True,
            "about_teaching_and_learning": True,
        },
    )
    assert made.status_code == 201, made.text
    return district, UUID(leader), UUID(pushed.json()["id"]), UUID(made.json()["id"])


def begin(district, permission):
    actor = Actor(kind=ActorKind.CLIENT, id="c", district_id=district.id, origin="elsewhere", scopes=ALL)
    return begin_test_transaction(district.service.database.app_url, actor, permission=permission)


@pytest.mark.parametrize(
    "permission",
    [NO_PERMISSION, Permission(action="read_profile", scope=AccessScope(people=frozenset({UUID(int=5)})), directory=NOTHING)],
    ids=["none", "somebody else"],
)
async def test_beyond_the_permission_nothing_is_found(filled, permission):
    district, leader, observation, initiative = filled
    ref = PersonRef(id=leader)
    async with begin(district, permission) as narrowed:
        assert await narrowed.people.find(leader) is None
        assert await narrowed.people.leader(leader) is None
        assert list(await narrowed.people.page(ListPeople(), 9, None)) == []
        assert list(await narrowed.people.leaders(9, None)) == []
        assert dict(await narrowed.references.people([ref])) == {}
        assert not any((await narrowed.references.people_in_scope([ref])).values())
        assert await narrowed.initiatives.find(initiative) is None
        assert await narrowed.observations.read(observation) is None
        assert await narrowed.observations.find(observation) is None
        assert list(await narrowed.observations.page(ListObservations(), None)) == []
        assert not (await narrowed.scores.profile_inputs(leader)).is_leader
        assert not any(held.is_leader for held in await narrowed.scores.profile_inputs_many([leader]))
        assert list(await narrowed.scores.units_until(leader, None)) == []


async def test_a_permission_for_the_whole_district_finds_all_of_it(filled):
    district, leader, observation, initiative = filled
    async with begin(district, WHOLE) as whole:
        assert (await whole.people.find(leader)).id == leader
        assert [
            known.id for people in (await whole.references.people_in_scope([PersonRef(id=leader)])).values() for known in people
        ]
        assert (await whole.initiatives.find(initiative)).id == initiative
        assert (await whole.observations.read(observation)).id == observation
        assert (await whole.scores.profile_inputs(leader)).is_leader
        # what is retracted is one's own origin's, however far one sees
        assert await whole.observations.find(observation) is None


async def test_stores_of_the_whole_district_open_for_nothing_less(filled):
    district, leader, *_ = filled
    theirs = Permission(action="read_profile", scope=AccessScope(people=frozenset({leader})), directory=NOTHING)
    for permission in (NO_PERMISSION, theirs):
        async with begin(district, permission) as narrowed:
            for store in WHOLE_DISTRICT_STORES:
                with pytest.raises(AssertionError, match="does not reach the whole district"):
                    getattr(narrowed, store)
            with pytest.raises(AssertionError, match="does not reach the whole district"):
                await narrowed.supervision.add([(leader, leader)], None)


async def test_a_use_case_inside_anothers_transaction_is_narrowed_to_its_own_permission(filled):
    district, leader, *_ = filled
    async with begin(district, WHOLE) as whole:
        inner = whole.with_permission(NO_PERMISSION)
        assert inner.connection is whole.connection
        assert await inner.people.find(leader) is None
