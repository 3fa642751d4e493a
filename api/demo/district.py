"""The demo's content, made through the same use cases that any client calls.

Ids are the same in every installation: the clock stands still and ids come from a seed. Secrets are fresh.
"""

import io
import zipfile
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files
from random import Random
from typing import Any, NamedTuple, TypeVar

import msgspec

from api.batches import PushBatch, push_batch
from api.context import Call, World
from api.rest.examples import VISIT
from api.said import read
from domain.assessments.commands import AssessAsSupervisor, AssessedRating, AssessSelf
from domain.assessments.usecases import assess_as_supervisor, assess_self
from domain.change import usecases as change
from domain.change.commands import CreateGroup, CreateInitiative
from domain.change.feeling import PutEstimate, PutPhases, PutPulse
from domain.change.model import GroupRole, Stakes
from domain.directory.commands import ListLeaders, ListSchools
from domain.directory.model import ObserverRef, PersonRef, Role, SchoolRef
from domain.directory.registered import CreateClient, CreateDistrict, NewClientView
from domain.directory.registry import create_client, create_district, operator
from domain.directory.usecases import list_leaders, list_schools
from domain.directory.views import LeaderView, SchoolView
from domain.framework.responsibilities import Responsibility
from domain.observations.commands import (
    CreateCrosswalk,
    CreateInstrument,
    InstrumentRef,
    PushedFeedback,
    PushedRating,
    PushObservation,
)
from domain.observations.instruments import create_crosswalk, create_instrument
from domain.observations.model import Element, ElementWeight, FeedbackType, Level, Purpose, Scale, Setting
from domain.observations.push import push_observation
from domain.roster.mapping import RoleMappingEntry
from domain.roster.usecases import ImportRoster, PutRoleMapping, import_roster, put_role_mapping
from domain.shared.context import Actor, ActorKind
from domain.shared.ids import DistrictId, GroupId, InitiativeId, PersonId

CLOCK = datetime(2026, 11, 1, 12, tzinfo=UTC)
SEED = "evenkeel demo"
APP = (
    "directory:read",
    "roster:write",
    "observations:*",
    "assessments:write",
    "scores:read",
    "change:*",
    "advice:read",
    "configuration:*",
)
PARTNER = ("directory:read", "observations:*", "assessments:write")

R = Responsibility
V = TypeVar("V")
Say = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class MadeDistrict:
    """One of the demo's districts."""

    id: DistrictId
    name: str
    clients: tuple[NewClientView, ...]
    schools: tuple[SchoolView, ...]
    leaders: tuple[LeaderView, ...]
    initiative_id: InitiativeId | None


class Maker:
    """Registers a district as the operator would, and then acts in it as its clients do."""

    def __init__(self, owner: World, app: World) -> None:
        self._owner = owner
        self._app = app
        self._operator = operator("demo")
        self._clients: dict[str, Actor] = {}
        self.views: list[NewClientView] = []

    async def register(self, use_case: Callable[..., Awaitable[V]], command: Any) -> V:
        """A use case of the operator, on the owner's connection."""
        return await Call(actor=self._operator, world=self._owner, request_id="demo").run(use_case, command)

    async def district(self, name: str, time_zone: str) -> DistrictId:
        """Register the district, and the clients ``app`` and ``partner`` in it."""
        made = await self.register(create_district, CreateDistrict(name=name, time_zone=time_zone))
        self._operator = operator("demo", made.id)
        for who, scopes in (("app", APP), ("partner", PARTNER)):
            view = await self.register(create_client, CreateClient(name=who, origin=who, scopes=scopes))
            self.views.append(view)
            self._clients[who] = Actor(
                kind=ActorKind.CLIENT,
                id=view.client.client_id,
                district_id=made.id,
                origin=who,
                scopes=frozenset(view.client.scopes),
            )
        return made.id

    async def do(self, use_case: Callable[..., Awaitable[V]], command: Any, who: str = "app") -> V:
        """A use case inside the district's fence, as one of its clients."""
        return await Call(actor=self._clients[who], world=self._app, request_id="demo").run(use_case, command)


async def make_demo(owner: World, app: World, say: Say) -> tuple[MadeDistrict, ...]:
    """Grand Bend with a year of evidence and an initiative, and a small neighbour that must see nothing of it."""
    maker = Maker(owner, app)
    grand_bend = await _begun(maker, "Grand Bend ISD", "America/Chicago", grand_bend_package())
    say("district Grand Bend ISD")
    await _map_roles(maker)
    await _rubric(maker)
    await _evidence(maker, grand_bend.leaders)
    say("walkthroughs and assessments of a year")
    initiative_id = await _initiative(maker)
    say("an initiative, and how three groups feel it")
    lakeside = await _begun(Maker(owner, app), "Lakeside Unified", "America/New_York", lakeside_package())
    say("district Lakeside, a neighbour")
    return replace(grand_bend, initiative_id=initiative_id), lakeside


def grand_bend_package() -> bytes:
    """The Ed-Fi Alliance's public sample district (Apache-2.0, see NOTICE)."""
    return files("api.demo").joinpath("grand-bend-oneroster-1.2-bulk.zip").read_bytes()


async def _begun(maker: Maker, name: str, time_zone: str, package: bytes) -> MadeDistrict:
    district_id = await maker.district(name, time_zone)
    await maker.do(import_roster, ImportRoster(package=package))
    return MadeDistrict(
        id=district_id,
        name=name,
        clients=tuple(maker.views),
        schools=(await maker.do(list_schools, ListSchools(limit=100))).items,
        leaders=(await maker.do(list_leaders, ListLeaders(limit=100))).items,
        initiative_id=None,
    )


async def _map_roles(maker: Maker) -> None:
    roles = {
        "districtAdministrator": Role.SUPERVISOR,
        "systemAdministrator": Role.DISTRICT_ADMIN,
        "counselor": Role.STAFF,
        "ext:otherStaff": Role.STAFF,
    }
    entries = tuple(RoleMappingEntry(roster_role=name, role=role) for name, role in roles.items())
    await maker.do(put_role_mapping, PutRoleMapping(entries=entries, expected_version=0))


LEVELS = tuple(Level(code=c, value=v) for v, c in enumerate(("not_yet", "emerging", "solid", "leading")))
RUBRIC: tuple[tuple[str, float, float, tuple[tuple[R, float], ...]], ...] = (
    ("V1", 1, 4, ((R.VISIBILITY, 1.0), (R.RELATIONSHIPS, 0.5))),
    ("T1", 1, 4, ((R.INVOLVEMENT_IN_TEACHING_AND_LEARNING, 1.0), (R.KNOWLEDGE_OF_TEACHING_AND_LEARNING, 0.5))),
    ("T2", 1, 5, ((R.KNOWLEDGE_OF_TEACHING_AND_LEARNING, 1.0),)),
    ("M1", 0, 3, ((R.MONITORS_EVALUATES, 1.0),)),
    ("F1", 0, 3, ((R.FOCUS, 0.8), (R.IDEALS_BELIEFS, 0.4))),
    ("C1", 1, 5, ((R.COMMUNICATION, 0.8), (R.INPUT, 0.5))),
    ("C2", 1, 5, ((R.COMMUNITY, 0.8),)),
    ("S1", 0, 100, ((R.STRUCTURES_AND_ROUTINES, 1.0), (R.PROTECTS, 0.5))),
    ("D1", 1, 5, ((R.INSPIRES, 0.8), (R.CHANGE_AGENT, 0.6), (R.INTELLECTUAL_STIMULATION, 0.5))),
    ("X1", 1, 5, ()),
)
"""Our own rubric for the demo: element, worst, best, what it is evidence of. X1 is not mapped, as some never are."""

WALK = InstrumentRef(code="walk", version="2026.1")


async def _rubric(maker: Maker) -> None:
    elements = tuple(
        Element(code=code, scale=Scale(worst=worst, best=best), levels=LEVELS if (worst, best) == (0, 3) else ())
        for code, worst, best, _ in RUBRIC
    )
    instrument = CreateInstrument(code=WALK.code, version=WALK.version, title="Walkthrough", elements=elements)
    await maker.do(create_instrument, instrument, "partner")
    mappings = tuple(
        ElementWeight(element=code, responsibility=r, weight=weight) for code, _, _, pairs in RUBRIC for r, weight in pairs
    )
    crosswalk = CreateCrosswalk(code="walk-map", version="1", instrument=WALK, mappings=mappings)
    await maker.do(create_crosswalk, crosswalk, "partner")


async def _evidence(maker: Maker, leaders: tuple[LeaderView, ...]) -> None:
    chance = Random(SEED)  # noqa: S311 - a sample, not a secret
    visits = tuple(visit for leader in leaders for visit in _visits(leader, chance))
    await maker.do(push_batch, PushBatch(whole=True, items=visits), "partner")
    await maker.do(push_observation, read(PushObservation, msgspec.json.encode(VISIT)))
    for leader in leaders:
        await maker.do(assess_self, _self_assessment(leader.id, chance))
        await maker.do(assess_as_supervisor, _supervisor_assessment(leader.id, chance))


def _visits(leader: LeaderView, chance: Random) -> Iterable[PushObservation]:
    level = chance.uniform(0.35, 0.75)
    for number in range(14):
        yield PushObservation(
            external_id=f"demo-{leader.sourced_id}-{number}",
            purpose=Purpose.FORMATIVE,
            leader=PersonRef(id=leader.id),
            observer=ObserverRef(external_name="Visiting coach"),
            school=SchoolRef(id=leader.school_ids[0]),
            observed_at=CLOCK - timedelta(days=chance.randrange(5, 420), minutes=chance.randrange(600)),
            setting=chance.choice(tuple(Setting)),
            announced=chance.random() < 0.5,
            duration_minutes=chance.randrange(5, 60),
            instrument=WALK,
            ratings=tuple(_ratings(level, chance)),
            feedback=(PushedFeedback(type=FeedbackType.NOTE, text="Seen during the visit; see the ratings."),),
        )


def _ratings(level: float, chance: Random) -> Iterable[PushedRating]:
    for code, worst, best, _ in RUBRIC:
        if chance.random() < 0.7:
            part = min(1.0, max(0.0, chance.gauss(level, 0.2)))
            yield PushedRating(element=code, value=float(round(worst + part * (best - worst))))
    yield PushedRating(responsibility=R.SITUATIONAL_AWARENESS, value=float(chance.randrange(2, 5)))


def _self_assessment(leader_id: PersonId, chance: Random) -> AssessSelf:
    ratings = tuple(AssessedRating(responsibility=r, value=float(chance.randrange(3, 6))) for r in R)
    return AssessSelf(
        leader_id=leader_id,
        external_id=f"demo-self-{leader_id}",
        purpose=Purpose.FORMATIVE,
        assessed_at=CLOCK - timedelta(days=160),
        scale=Scale(worst=1, best=5),
        ratings=ratings,
    )


def _supervisor_assessment(leader_id: PersonId, chance: Random) -> AssessAsSupervisor:
    ratings = tuple(AssessedRating(responsibility=r, value=float(chance.randrange(1, 5))) for r in R)
    return AssessAsSupervisor(
        leader_id=leader_id,
        external_id=f"demo-supervisor-{leader_id}",
        purpose=Purpose.FORMATIVE,
        assessed_at=CLOCK - timedelta(days=90),
        scale=Scale(worst=1, best=4),
        ratings=ratings,
        supervisor=PersonRef(sourced_id="207247"),
    )


async def _initiative(maker: Maker) -> InitiativeId:
    plan = CreateInitiative(
        external_id="demo-initiative",
        leader=PersonRef(sourced_id="207267"),
        title="Common formative assessment in every course",
        decide_by=date(2027, 6, 30),
        stakes=Stakes.HIGH,
        goal_tied_to_student_learning=True,
        about_teaching_and_learning=True,
    )
    made = await maker.do(change.create_initiative, plan)
    chance = Random(SEED)  # noqa: S311 - a sample, not a secret
    for sketch in GROUPS:
        await _group(maker, made.id, sketch, chance)
    return made.id


class Sketch(NamedTuple):
    """A group: what the leader expects it to feel (seven answers), what it feels (the mean answer), and the phases."""

    name: str
    size: int
    role: GroupRole
    must_change: bool
    estimate: tuple[int, ...]
    felt: float
    phases: Mapping[str, float]


GROUPS = (
    Sketch(
        "core teachers",
        14,
        GroupRole.IMPLEMENTING,
        True,  # noqa: FBT003 - must change its practice
        (2, 2, 3, 2, 2, 3, 2),
        3.9,
        {"create_demand": 0.4, "implement": 0.6, "manage_transitions": 1.0},
    ),
    Sketch(
        "office staff",
        8,
        GroupRole.SUPPORTING,
        False,  # noqa: FBT003 - as above
        (2, 2, 1, 2, 2, 2, 3),
        1.9,
        {"implement": 1.0, "manage_transitions": 0.5},
    ),
    Sketch(
        "department chairs",
        4,
        GroupRole.AFFECTED,
        True,  # noqa: FBT003 - as above
        (3, 3, 4, 3, 2, 3, 3),
        3.0,
        {"implement": 0.6, "manage_transitions": 0.4, "monitor_evaluate": 0.5},
    ),
)


async def _group(maker: Maker, initiative_id: InitiativeId, sketch: Sketch, chance: Random) -> None:
    made = await maker.do(
        change.create_group,
        CreateGroup(
            initiative_id=initiative_id,
            external_id=f"demo-{sketch.name}",
            name=sketch.name,
            size=sketch.size,
            role=sketch.role,
            must_change_practice=sketch.must_change,
        ),
    )
    group_id = made.id
    estimate = PutEstimate(initiative_id=initiative_id, group_id=group_id, items=sketch.estimate)
    await maker.do(change.put_estimate, estimate)
    await maker.do(change.put_phases, _phases(initiative_id, group_id, sketch.phases))
    if sketch.size >= 5:
        answers = tuple(_answers(sketch.felt, chance) for _ in range(sketch.size - 2))
        pulse = PutPulse(initiative_id=initiative_id, group_id=group_id, on=date(2026, 10, 12), answers=answers)
        await maker.do(change.put_pulse, pulse)


def _phases(initiative_id: InitiativeId, group_id: GroupId, phases: Mapping[str, float]) -> PutPhases:
    return PutPhases(
        initiative_id=initiative_id,
        group_id=group_id,
        create_demand=phases.get("create_demand", 0.0),
        implement=phases.get("implement", 0.0),
        manage_transitions=phases.get("manage_transitions", 0.0),
        monitor_evaluate=phases.get("monitor_evaluate", 0.0),
    )


def _answers(felt: float, chance: Random) -> tuple[int, ...]:
    return tuple(min(5, max(1, round(chance.gauss(felt, 0.7)))) for _ in range(7))


LAKESIDE_PEOPLE = (
    ("901", "Nadia", "Okafor", "principal"),
    ("902", "Tomas", "Reyes", "ext:assistantPrincipal"),
    ("903", "Ida", "Holm", "teacher"),
    ("904", "Yusuf", "Demir", "teacher"),
    ("905", "Grace", "Lindqvist", "districtAdministrator"),
)
"""Nobody real."""


def lakeside_package() -> bytes:
    """A small OneRoster 1.2 bulk package: one school, five people."""
    held = {
        "orgs": [
            "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId",
            "900,,,Lakeside Unified,district,900,",
            "900001,,,Lakeside School,school,900001,900",
        ],
        "academicSessions": [
            "sourcedId,status,dateLastModified,title,type,startDate,endDate,parentSourcedId,schoolYear",
            "sy2027,,,2026-2027,schoolYear,2026-08-24,2027-06-11,,2027",
        ],
        "users": [USERS, *(_user(*person[:3]) for person in LAKESIDE_PEOPLE)],
        "roles": [ROLES, *(_role(person[0], person[3]) for person in LAKESIDE_PEOPLE)],
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, lines in {"manifest": _manifest(held), **held}.items():
            archive.writestr(zipfile.ZipInfo(f"{name}.csv", (2026, 11, 1, 0, 0, 0)), "\r\n".join(lines) + "\r\n")
    return out.getvalue()


USERS = (
    "sourcedId,status,dateLastModified,enabledUser,username,userIds,givenName,familyName,middleName,identifier,email,sms,"
    "phone,agentSourcedIds,grades,password,userMasterIdentifier,preferredGivenName,preferredMiddleName,preferredFamilyName,"
    "primaryOrgSourcedId,pronouns"
)
ROLES = "sourcedId,status,dateLastModified,userSourcedId,roleType,role,beginDate,endDate,orgSourcedId,userProfileSourcedId"
FILES = [
    "academicSessions",
    "categories",
    "classes",
    "classResources",
    "courseResources",
    "courses",
    "demographics",
    "enrollments",
    "lineItemLearningObjectiveIds",
    "lineItems",
    "lineItemScoreScales",
    "orgs",
    "resources",
    "resultLearningObjectiveIds",
    "results",
    "resultScoreScales",
    "roles",
    "scoreScales",
    "userProfiles",
    "userResources",
    "users",
]


def _user(sourced_id: str, given: str, family: str) -> str:
    return f"{sourced_id},,,true,{given[0].lower()}{family.lower()},,{given},{family},,{sourced_id}" + "," * 12


def _role(sourced_id: str, role: str) -> str:
    org = "900" if role.startswith("district") else "900001"
    return f"{sourced_id}-r,,,{sourced_id},primary,{role},2026-08-01,,{org},"


def _manifest(held: Iterable[str]) -> list[str]:
    names = set(held)
    rows = [f"file.{name},{'bulk' if name in names else 'absent'}" for name in FILES]
    return ["propertyName,value", "manifest.version,1.0", "oneroster.version,1.2", *rows, "source.systemName,Lakeside"]
