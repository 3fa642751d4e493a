"""The demo's evidence: a year of walkthroughs with an invented rubric, and assessments."""

from collections.abc import Iterable
from datetime import timedelta
from random import Random

import msgspec

from api.demo.seeder import CLOCK, SEED, Seeder
from api.rest.example_ids import OBSERVATION_BODY
from api.wire.observation_batch import PushBatch, push_batch
from api.wire.request_validation import validate_json
from domain.assessments.commands import AssessAsSupervisor, AssessedRating, AssessSelf
from domain.assessments.usecases import assess_as_supervisor, assess_self
from domain.directory.model import ObserverRef, PersonRef, SchoolRef
from domain.directory.views import LeaderView
from domain.framework.responsibilities import Responsibility
from domain.observations.commands import (
    CreateCrosswalk,
    CreateInstrument,
    InstrumentRef,
    PushedFeedback,
    PushedRating,
    PushObservation,
)
from domain.observations.model import Element, ElementWeight, FeedbackType, Level, Purpose, Scale, Setting
from domain.observations.usecases.instruments import create_crosswalk, create_instrument
from domain.observations.usecases.push import push_observation
from domain.shared.ids import PersonId

R = Responsibility
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
"""The demo's rubric: element, worst and best value, weights by responsibility. X1 is an example of an unmapped element."""

WALK = InstrumentRef(code="walk", version="2026.1")


async def seed_rubric(seeder: Seeder) -> None:
    elements = tuple(
        Element(code=code, scale=Scale(worst=worst, best=best), levels=LEVELS if (worst, best) == (0, 3) else ())
        for code, worst, best, _ in RUBRIC
    )
    instrument = CreateInstrument(code=WALK.code, version=WALK.version, title="Walkthrough", elements=elements)
    await seeder.run_as_client(create_instrument, instrument, "partner")
    await seeder.run_as_client(create_crosswalk, crosswalk(), "partner")


def crosswalk() -> CreateCrosswalk:
    """Return the crosswalk from the rubric's elements to responsibilities."""
    mappings = tuple(
        ElementWeight(element=code, responsibility=r, weight=weight) for code, _, _, pairs in RUBRIC for r, weight in pairs
    )
    return CreateCrosswalk(code="walk-map", version="1", instrument=WALK, mappings=mappings)


async def seed_evidence(seeder: Seeder, leaders: tuple[LeaderView, ...]) -> None:
    random = Random(SEED)  # noqa: S311 - a sample, not a secret
    visits = tuple(visit for leader in leaders for visit in _walkthroughs(leader, random))
    await seeder.run_as_client(push_batch, PushBatch(whole=True, items=visits), "partner")
    await seeder.run_as_client(push_observation, validate_json(PushObservation, msgspec.json.encode(OBSERVATION_BODY)))
    for leader in leaders:
        await seeder.run_as_client(assess_self, _self_assessment(leader.id, random))
        await seeder.run_as_client(assess_as_supervisor, _supervisor_assessment(leader.id, random))


def _walkthroughs(leader: LeaderView, random: Random) -> Iterable[PushObservation]:
    level = random.uniform(0.35, 0.75)
    for number in range(14):
        yield PushObservation(
            external_id=f"demo-{leader.sourced_id}-{number}",
            purpose=Purpose.FORMATIVE,
            leader=PersonRef(id=leader.id),
            observer=ObserverRef(external_name="Visiting coach"),
            school=SchoolRef(id=leader.school_ids[0]),
            observed_at=CLOCK - timedelta(days=random.randrange(5, 420), minutes=random.randrange(600)),
            setting=random.choice(tuple(Setting)),
            announced=random.random() < 0.5,
            duration_minutes=random.randrange(5, 60),
            instrument=WALK,
            ratings=tuple(_ratings(level, random)),
            feedback=(PushedFeedback(type=FeedbackType.NOTE, text="Seen during the visit; see the ratings."),),
        )


def _ratings(level: float, random: Random) -> Iterable[PushedRating]:
    for code, worst, best, _ in RUBRIC:
        if random.random() < 0.7:
            share = min(1.0, max(0.0, random.gauss(level, 0.2)))
            yield PushedRating(element=code, value=float(round(worst + share * (best - worst))))
    yield PushedRating(responsibility=R.SITUATIONAL_AWARENESS, value=float(random.randrange(2, 5)))


def _self_assessment(leader_id: PersonId, random: Random) -> AssessSelf:
    ratings = tuple(AssessedRating(responsibility=r, value=float(random.randrange(3, 6))) for r in R)
    return AssessSelf(
        leader_id=leader_id,
        external_id=f"demo-self-{leader_id}",
        purpose=Purpose.FORMATIVE,
        assessed_at=CLOCK - timedelta(days=160),
        scale=Scale(worst=1, best=5),
        ratings=ratings,
    )


def _supervisor_assessment(leader_id: PersonId, random: Random) -> AssessAsSupervisor:
    ratings = tuple(AssessedRating(responsibility=r, value=float(random.randrange(1, 5))) for r in R)
    return AssessAsSupervisor(
        leader_id=leader_id,
        external_id=f"demo-supervisor-{leader_id}",
        purpose=Purpose.FORMATIVE,
        assessed_at=CLOCK - timedelta(days=90),
        scale=Scale(worst=1, best=4),
        ratings=ratings,
        supervisor=PersonRef(sourced_id="207247"),
    )
