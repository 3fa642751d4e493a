"""The walk: every operation, over REST and over GraphQL, by a machine and by people in every capacity, as the policy says.

What the policy says is computed from the table; that the table says the right thing, tests/domain/access has by hand.
"""

from dataclasses import replace
from uuid import UUID

import msgspec
import pytest
import pytest_asyncio

from api.demo.district import make_demo
from api.demo.maker import CLOCK, SEED
from api.ids import SeededIds
from api.rest.examples import GROUP, INITIATIVE, LEADER, OBSERVATION
from api.security import Verifier
from api.worlds import world_of
from domain.access.model import About, Reach, Who
from domain.access.rules import capacities, reaches
from domain.change import usecases as change
from domain.directory.usecases import list_people, read_leader, read_person
from domain.framework.configuration import PRODUCT
from domain.observations.reading import list_observations, read_observation
from domain.people.usecases import share
from domain.recommendations.usecases import read_recommendations
from domain.scoring.usecases import read_profile
from domain.shared.context import Actor, ActorKind
from domain.stance.usecases import read_stance
from persistence.engine import make_engine
from persistence.standing import standing_in
from tests.api.walking import NOBODY, NOBODYS, row_of, ways
from tests.driving import GraphQL, Rest
from tests.fenced import behind
from tests.people import ALL
from tests.service import SECRET, serving

pytestmark = pytest.mark.asyncio(loop_scope="module")
CONFIGURATION = msgspec.json.decode(msgspec.json.encode(PRODUCT))
ROLES = ("principal", "supervisor", "teacher", "district_admin", "coach", "researcher", "stranger")
THINGS = {
    read_profile: {"leader_id": LEADER},
    read_recommendations: {"initiative_id": INITIATIVE},
    read_stance: {"initiative_id": INITIATIVE},
    read_observation: {"observation_id": OBSERVATION},
    change.read_initiative: {"initiative_id": INITIATIVE},
    change.read_group: {"initiative_id": INITIATIVE, "group_id": GROUP},
    change.list_groups: {"initiative_id": INITIATIVE},
    change.read_phases: {"initiative_id": INITIATIVE},
    change.read_magnitude: {"initiative_id": INITIATIVE, "group_id": GROUP},
    change.read_magnitudes: {"initiative_id": INITIATIVE},
    read_person: {"person_id": LEADER},
    read_leader: {"leader_id": LEADER},
}
"""Things about the demo's leader, and how each is read."""


class Cast:
    """The demo over HTTP, with a token that is whoever ``become`` names."""

    def __init__(self, service, district_id, machine, people):
        self.service, self.district_id, self.http, self.people = service, district_id, machine, people
        self.actor = None

    async def become(self, role):
        """The actor that everything sent from now on comes from."""
        person_id = self.people[role]
        async with behind(self.service.database.app_url, self.district_id) as raw:
            standing = await standing_in(raw, self.district_id, person_id, methods={"pwd", "otp"})
        self.actor = {"kind": ActorKind.PERSON, "id": str(person_id), "origin": f"person:{person_id}", "standing": standing}

    @property
    def drivers(self):
        return Rest(self.http, self.service.app), GraphQL(self.http)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def cast(module_database):
    ids = SeededIds(SEED, lambda: CLOCK)
    owner, served = (make_engine(url, pool_size=2) for url in (module_database.owner_url, module_database.app_url))
    made, _ = await make_demo(
        *[world_of(e, SECRET, clock=lambda: CLOCK, new_id=ids) for e in (owner, served)], say=lambda _: None
    )
    await owner.dispose()
    await served.dispose()
    people = {p.role: p.id for p in made.people}
    async with serving(module_database) as service:
        http = await service.client(made.id, ALL, "walk")
        found = {p["sourced_id"]: UUID(p["id"]) for p in (await http.get("/v1/people", params={"limit": 100})).json()["items"]}
        # 207288 runs the district; the others work elsewhere, so that nothing but what is given here lets them see the leader
        people |= {"coach": found["207246"], "researcher": found["207265"], "stranger": found["207249"]}
        async with behind(module_database.app_url, made.id) as raw:
            share = "insert into sharing (district_id, leader_id, coach_id, shared_at) values ($1, $2, $3, now())"
            await raw.execute(share, made.id, LEADER, people["coach"])
            grant = (
                "insert into role_grant (district_id, person_id, role, granted_at, granted_by) values ($1, $2, $3, now(), 't')"
            )
            await raw.execute(grant, made.id, people["researcher"], "researcher")
            await raw.execute("COMMIT")
        yield Cast(service, made.id, http, people)


@pytest.fixture
def as_(cast, monkeypatch):
    """Let the one token be of whoever is named; what they hold is read from the database, as a token of theirs would have it."""
    known = Verifier.actor_of

    async def actor_of(self, authorization):
        actor = await known(self, authorization)
        return actor if cast.actor is None else replace(actor, scopes=ALL, **cast.actor)

    monkeypatch.setattr(Verifier, "actor_of", actor_of)

    async def become(role):
        cast.actor = None
        if role != "machine":
            await cast.become(role)
        return cast.drivers

    yield become
    cast.actor = None


def machine_or(cast, role):
    """In which capacities the role asks, computed from what the database holds."""
    if role == "machine":
        return Actor(kind=ActorKind.CLIENT, id="c", district_id=cast.district_id, origin="walk", scopes=ALL)
    return Actor(district_id=cast.district_id, scopes=ALL, **cast.actor)


@pytest.mark.parametrize("role", ["machine", *ROLES])
async def test_every_operation_is_refused_to_whom_the_policy_names_not(cast, as_, role):
    drivers = await as_(role)
    actor = machine_or(cast, role)
    walked = 0
    for use_case, said, headers in ways(NOBODYS, CONFIGURATION):
        # walking must not change who sees what
        members = said | {"coach": {"id": NOBODY}} if use_case is share else said
        row = row_of(use_case)
        refused = row.about is About.DISTRICT and not reaches(actor, row)
        for driver in drivers if refused else drivers[:1]:
            answer = await driver.do(use_case, members, **headers)
            code = answer.refusal and answer.refusal["code"]
            assert (code == "role_missing") == refused, (use_case.__name__, role, code)
            assert code != "insufficient_scope"
        walked += 1
    assert walked > 80


@pytest.mark.parametrize("role", ["machine", *ROLES])
async def test_each_thing_about_a_leader_is_found_by_whom_the_policy_names_and_by_nobody_else(cast, as_, role):
    drivers = await as_(role)
    actor = machine_or(cast, role)
    held = capacities(actor)
    for use_case, members in THINGS.items():
        far = reaches(actor, row_of(use_case))
        sees = Reach.DISTRICT in far or (
            (Reach.OWN in far and role == "principal")
            or (Reach.SUPERVISED in far and role == "supervisor")
            or (Reach.SHARED in far and role == "coach")
            or (Reach.SCHOOL in far and role == "principal")
        )
        for driver in drivers:
            answer = await driver.do(use_case, members)
            assert (answer.refusal is None) == sees, (use_case.__name__, role, held, answer.refusal)
            if not sees:
                assert answer.refused[0] == 404


@pytest.mark.parametrize("role", ROLES)
async def test_lists_hold_nothing_about_a_leader_that_is_not_found_alone(cast, as_, role):
    drivers = await as_(role)
    for driver in drivers:
        sees = (await driver.do(read_profile, {"leader_id": LEADER})).refusal is None
        for use_case in (list_observations, change.list_initiatives):
            items = (await driver.made(use_case, {"limit": "100"}))["items"]
            about = [i for i in items if i["leader_id"] == LEADER]
            assert bool(about) == sees, (use_case.__name__, role)
            assert sees or not items
        found = {i["id"] for i in (await driver.made(list_people, {"limit": "100"}))["items"]}
        assert ((await driver.do(read_person, {"person_id": LEADER})).refusal is None) == (LEADER in found)


async def test_the_cast_stands_as_it_should(cast, as_):
    told = {}
    for role in ROLES:
        await as_(role)
        told[role] = capacities(machine_or(cast, role)) - {Who.ANYBODY}
    assert told == {
        "principal": {Who.LEADER},
        "supervisor": {Who.SUPERVISOR},
        "teacher": set(),
        "district_admin": {Who.DISTRICT_ADMIN},
        "coach": {Who.COACH, Who.LEADER},
        "researcher": {Who.RESEARCHER},
        "stranger": set(),
    }
