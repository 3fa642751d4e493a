"""Initiatives, groups, phases, magnitude, recommendations and stance."""

from typing import Annotated

from api.rest.example_ids import GROUP, GROUP_VERSION, INITIATIVE, UNKNOWN_ID
from api.rest.operations import Example, operation
from api.rest.parameters import from_body, from_query
from api.rest.routing import Router
from api.rest.runner import KeyedRunner, Runner
from domain.change.commands import (
    CreateGroup,
    CreateInitiative,
    EditGroup,
    EditInitiative,
    ListGroups,
    ListInitiatives,
    ReadGroup,
    ReadInitiative,
)
from domain.change.magnitude_views import MagnitudesView, MagnitudeView, PulseView
from domain.change.phase_views import PhasesView
from domain.change.pulse_commands import PutEstimate, PutPhases, PutPulse, ReadMagnitude, ReadMagnitudes, ReadPhases
from domain.change.usecases import groups, initiatives, magnitude, phases
from domain.change.views import GroupReceiptView, GroupView, InitiativeReceiptView, InitiativeView
from domain.recommendations import usecases as recommendations
from domain.recommendations.commands import ReadRecommendations
from domain.recommendations.views import RecommendationsView
from domain.shared.paging import Page
from domain.stance import usecases as stance
from domain.stance.commands import DecideStance, PutStanceAnswers, ReadStance
from domain.stance.views import StanceView

INITIATIVE_PATH = {"initiative_id": INITIATIVE}
GROUP_PATH = {"initiative_id": INITIATIVE, "group_id": GROUP}
UNKNOWN_INITIATIVE_PATH = {"initiative_id": UNKNOWN_ID}
INITIATIVE_BODY = {
    "leader": {"sourced_id": "207267"},
    "title": "Shared reading in every subject",
    "decide_by": "2026-12-20",
    "stakes": "high",
    "goal_tied_to_student_learning": True,
    "about_teaching_and_learning": True,
}
GROUP_BODY = {"name": "core teachers", "size": 14, "role": "implementing", "must_change_practice": True}
FIRST_VERSION = {"If-Match": '"1"'}
CURRENT_GROUP_VERSION = {"If-Match": f'"{GROUP_VERSION}"'}
WRONG_VERSION = {"If-Match": '"999"'}
PULSE = [[3, 4, 3, 4, 3, 5, 4], [4, 3, 5, 5, 4, 4, 3], [4, 4, 4, 3, 4, 4, 4], [2, 4, 3, 3, 3, 4, 4], [2, 5, 3, 4, 5, None, 4]]


def _read_examples(path: dict[str, str]) -> tuple[Example, Example]:
    return Example(summary="The current state.", path=path), Example(
        summary="Unknown, or another district's.", path=path | UNKNOWN_INITIATIVE_PATH, status=404
    )


router = Router(prefix="/v1", tags=["change"])


@router.post("/initiatives", status_code=201)
@operation(
    initiatives.create_initiative,
    Example(summary="With a date for the decision.", body=INITIATIVE_BODY, status=201),
    Example(summary="An unknown leader.", body=INITIATIVE_BODY | {"leader": {"sourced_id": "999999"}}, status=422),
)
async def create_initiative(body: CreateInitiative, runner: KeyedRunner) -> InitiativeReceiptView:
    """Create an initiative."""
    return await runner.run_idempotent(initiatives.create_initiative, body, location="/v1/initiatives/{id}")


@router.get("/initiatives")
@operation(
    initiatives.list_initiatives,
    Example(summary="The first page, newest first."),
    Example(summary="A limit of 0.", query={"limit": "0"}, status=422),
)
async def list_initiatives(
    cmd: Annotated[ListInitiatives, from_query(ListInitiatives)], runner: Runner
) -> Page[InitiativeView]:
    """List initiatives."""
    return await runner.run(initiatives.list_initiatives, cmd)


@router.get("/initiatives/{initiative_id:uuid}")
@operation(initiatives.read_initiative, *_read_examples(INITIATIVE_PATH))
async def read_initiative(
    cmd: Annotated[ReadInitiative, from_query(ReadInitiative, "initiative_id")], runner: Runner
) -> InitiativeView:
    """Read an initiative."""
    return await runner.run(initiatives.read_initiative, cmd)


@router.put("/initiatives/{initiative_id:uuid}")
@operation(
    initiatives.edit_initiative,
    Example(
        summary="Changed in the meantime: the version is stale.",
        path=INITIATIVE_PATH,
        body=INITIATIVE_BODY,
        headers=WRONG_VERSION,
        status=412,
    ),
    Example(summary="Without If-Match.", path=INITIATIVE_PATH, body=INITIATIVE_BODY, status=428),
    Example(
        summary="Another title.",
        path=INITIATIVE_PATH,
        body=INITIATIVE_BODY | {"title": "Reading together"},
        headers=FIRST_VERSION,
    ),
)
async def edit_initiative(
    cmd: Annotated[EditInitiative, from_body(EditInitiative, "initiative_id")], runner: KeyedRunner
) -> InitiativeView:
    """Replace the description of an initiative."""
    return await runner.run_idempotent(initiatives.edit_initiative, cmd)


@router.post("/initiatives/{initiative_id:uuid}/groups", status_code=201)
@operation(
    groups.create_group,
    Example(summary="Fourteen teachers.", path=INITIATIVE_PATH, body=GROUP_BODY, status=201),
    Example(summary="An empty group.", path=INITIATIVE_PATH, body=GROUP_BODY | {"size": 0}, status=422),
)
async def create_group(
    cmd: Annotated[CreateGroup, from_body(CreateGroup, "initiative_id")], runner: KeyedRunner
) -> GroupReceiptView:
    """Add a group of people who experience the change in the same way."""
    return await runner.run_idempotent(groups.create_group, cmd, location="/v1/initiatives/{initiative_id}/groups/{id}")


@router.get("/initiatives/{initiative_id:uuid}/groups")
@operation(groups.list_groups, *_read_examples(INITIATIVE_PATH))
async def list_groups(cmd: Annotated[ListGroups, from_query(ListGroups, "initiative_id")], runner: Runner) -> Page[GroupView]:
    """List the groups of an initiative."""
    return await runner.run(groups.list_groups, cmd)


@router.get("/initiatives/{initiative_id:uuid}/groups/{group_id:uuid}")
@operation(groups.read_group, *_read_examples(GROUP_PATH))
async def read_group(
    cmd: Annotated[ReadGroup, from_query(ReadGroup, "initiative_id", "group_id")], runner: Runner
) -> GroupView:
    """Read a group."""
    return await runner.run(groups.read_group, cmd)


@router.put("/initiatives/{initiative_id:uuid}/groups/{group_id:uuid}")
@operation(
    groups.edit_group,
    Example(summary="Two more people.", path=GROUP_PATH, body=GROUP_BODY | {"size": 16}, headers=CURRENT_GROUP_VERSION),
    Example(summary="Without If-Match.", path=GROUP_PATH, body=GROUP_BODY, status=428),
    Example(
        summary="Changed in the meantime: the version is stale.",
        path=GROUP_PATH,
        body=GROUP_BODY,
        headers=WRONG_VERSION,
        status=412,
    ),
)
async def edit_group(
    cmd: Annotated[EditGroup, from_body(EditGroup, "initiative_id", "group_id")], runner: KeyedRunner
) -> GroupView:
    """Replace the description of a group."""
    return await runner.run_idempotent(groups.edit_group, cmd)


@router.put("/initiatives/{initiative_id:uuid}/groups/{group_id:uuid}/estimate")
@operation(
    magnitude.put_estimate,
    Example(
        summary="One item not answered.",
        path=GROUP_PATH,
        body={"items": [2, 3, 3, 2, 2, None, 2]},
        headers=CURRENT_GROUP_VERSION,
    ),
    Example(
        summary="Changed in the meantime: the version is stale.",
        path=GROUP_PATH,
        body={"items": [2, 2, 3, 2, 2, 3, 2]},
        headers=WRONG_VERSION,
        status=412,
    ),
    Example(
        summary="A value outside the scale.",
        path=GROUP_PATH,
        body={"items": [9, 2, 3, 2, 2, 3, 2]},
        headers=WRONG_VERSION,
        status=422,
    ),
)
async def put_estimate(
    cmd: Annotated[PutEstimate, from_body(PutEstimate, "initiative_id", "group_id")], runner: KeyedRunner
) -> GroupView:
    """Set the leader's estimate of how the group experiences the change."""
    return await runner.run_idempotent(magnitude.put_estimate, cmd)


@router.put("/initiatives/{initiative_id:uuid}/groups/{group_id:uuid}/phases")
@operation(
    phases.put_phases,
    Example(
        summary="Two phases at once.",
        path=GROUP_PATH,
        body={"implement": 1.0, "monitor_evaluate": 0.3},
        headers=CURRENT_GROUP_VERSION,
    ),
    Example(
        summary="Changed in the meantime: the version is stale.",
        path=GROUP_PATH,
        body={"implement": 1.0},
        headers=WRONG_VERSION,
        status=412,
    ),
    Example(summary="An intensity above 1.", path=GROUP_PATH, body={"implement": 2}, headers=WRONG_VERSION, status=422),
)
async def put_phases(
    cmd: Annotated[PutPhases, from_body(PutPhases, "initiative_id", "group_id")], runner: KeyedRunner
) -> GroupView:
    """Set the phases that are under way for a group, and their intensity."""
    return await runner.run_idempotent(phases.put_phases, cmd)


@router.get("/initiatives/{initiative_id:uuid}/phases")
@operation(phases.read_phases, *_read_examples(INITIATIVE_PATH))
async def read_phases(cmd: Annotated[ReadPhases, from_query(ReadPhases, "initiative_id")], runner: Runner) -> PhasesView:
    """Read the phases under way, by group."""
    return await runner.run(phases.read_phases, cmd)


@router.put("/initiatives/{initiative_id:uuid}/groups/{group_id:uuid}/magnitude/pulses/{on:code}")
@operation(
    magnitude.put_pulse,
    Example(summary="Answers of five people.", path=GROUP_PATH | {"on": "2026-10-12"}, body={"answers": PULSE}),
    Example(
        summary="Too few answers to be anonymous.",
        path=GROUP_PATH | {"on": "2026-10-12"},
        body={"answers": PULSE[:4]},
        status=422,
    ),
)
async def put_pulse(
    cmd: Annotated[PutPulse, from_body(PutPulse, "initiative_id", "group_id", "on")], runner: Runner
) -> PulseView:
    """Replace a group's pulse answers of one day."""
    return await runner.run(magnitude.put_pulse, cmd)


@router.get("/initiatives/{initiative_id:uuid}/groups/{group_id:uuid}/magnitude")
@operation(magnitude.read_magnitude, *_read_examples(GROUP_PATH))
async def read_magnitude(
    cmd: Annotated[ReadMagnitude, from_query(ReadMagnitude, "initiative_id", "group_id")], runner: Runner
) -> MagnitudeView:
    """Read how a group experiences the change: estimated and measured."""
    return await runner.run(magnitude.read_magnitude, cmd)


@router.get("/initiatives/{initiative_id:uuid}/magnitude")
@operation(magnitude.read_magnitudes, *_read_examples(INITIATIVE_PATH))
async def read_magnitudes(
    cmd: Annotated[ReadMagnitudes, from_query(ReadMagnitudes, "initiative_id")], runner: Runner
) -> MagnitudesView:
    """Read how all groups experience the change, the most misjudged first."""
    return await runner.run(magnitude.read_magnitudes, cmd)


@router.get("/initiatives/{initiative_id:uuid}/recommendations")
@operation(recommendations.read_recommendations, *_read_examples(INITIATIVE_PATH))
async def read_recommendations(
    cmd: Annotated[ReadRecommendations, from_query(ReadRecommendations, "initiative_id")], runner: Runner
) -> RecommendationsView:
    """Read which responsibilities to emphasise, by group."""
    return await runner.run(recommendations.read_recommendations, cmd)


@router.get("/initiatives/{initiative_id:uuid}/stance")
@operation(stance.read_stance, *_read_examples(INITIATIVE_PATH))
async def read_stance(
    cmd: Annotated[ReadStance, from_query(ReadStance, "initiative_id")], runner: Runner
) -> tuple[StanceView, ...]:
    """Read the recommended stance (direct or share the decision), by group."""
    return await runner.run(stance.read_stance, cmd)


@router.put("/initiatives/{initiative_id:uuid}/groups/{group_id:uuid}/stance-answers")
@operation(
    stance.put_stance_answers,
    Example(summary="The group shares the goals.", path=GROUP_PATH, body={"answers": [{"code": "GC", "value": "yes"}]}),
    Example(summary="An unknown question.", path=GROUP_PATH, body={"answers": [{"code": "XX", "value": "yes"}]}, status=422),
)
async def put_stance_answers(
    cmd: Annotated[PutStanceAnswers, from_body(PutStanceAnswers, "initiative_id", "group_id")], runner: KeyedRunner
) -> StanceView:
    """Set the leader's answers about the decision, for a group."""
    return await runner.run_idempotent(stance.put_stance_answers, cmd)


@router.post("/stance")
@operation(
    stance.decide_stance,
    Example(summary="Two answers.", body={"attributes": [{"code": "QR", "value": "yes"}, {"code": "AC", "value": "no"}]}),
    Example(summary="An unknown answer.", body={"attributes": [{"code": "QR", "value": "perhaps"}]}, status=422),
)
async def decide_stance(body: DecideStance, runner: Runner) -> StanceView:
    """Compute the recommended stance from answers alone."""
    return await runner.run(stance.decide_stance, body)
