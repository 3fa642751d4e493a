"""Profiles, assessments and the configuration."""

from typing import Annotated

import msgspec

from api.rest.example_ids import ASSESSMENT, LEADER, UNKNOWN_ID
from api.rest.operations import Example, operation
from api.rest.parameters import from_body, from_query
from api.rest.routing import Router
from api.rest.runner import KeyedRunner, Runner
from domain.assessments import usecases as assessments
from domain.assessments.commands import AssessAsSupervisor, AssessSelf, RetractAssessment
from domain.framework.configuration import PRODUCT, Configuration
from domain.jobs.usecases import start
from domain.scoring.commands import PutConfiguration, ReadConfiguration, ReadProfile
from domain.scoring.usecases import configuration, profile
from domain.scoring.views import ProfileView
from domain.shared.receipts import ReceiptView

SELF_ASSESSMENT_BODY = {
    "purpose": "formative",
    "assessed_at": "2026-05-18T15:00:00Z",
    "scale": {"worst": 1, "best": 5},
    "ratings": [{"responsibility": "visibility", "value": 4}, {"responsibility": "focus", "value": 3}],
}
SUPERVISOR_ASSESSMENT_BODY = SELF_ASSESSMENT_BODY | {"supervisor": {"sourced_id": "207247"}}
CONFIGURATION_BODY = {k: v for k, v in msgspec.json.decode(msgspec.json.encode(PRODUCT)).items() if k != "version"}
LEADER_PATH = {"leader_id": LEADER}

router = Router(prefix="/v1", tags=["scoring"])


@router.get("/leaders/{leader_id:uuid}/profile")
@operation(
    profile.read_profile,
    Example(summary="As of now.", path=LEADER_PATH),
    Example(summary="As of a date.", path=LEADER_PATH, query={"at": "2026-11-01"}),
    Example(summary="As of a future date.", path=LEADER_PATH, query={"at": "2199-01-01"}, status=422),
    Example(summary="An unknown leader.", path={"leader_id": UNKNOWN_ID}, status=404),
)
async def read_profile(cmd: Annotated[ReadProfile, from_query(ReadProfile, "leader_id")], runner: Runner) -> ProfileView:
    """Read a leader's profile: the 21 scores."""
    return await runner.run(profile.read_profile, cmd)


@router.post("/leaders/{leader_id:uuid}/self-assessments", status_code=201)
@operation(
    assessments.assess_self,
    Example(summary="Two responsibilities rated.", path=LEADER_PATH, body=SELF_ASSESSMENT_BODY, status=201),
    Example(
        summary="A value outside the scale.",
        path=LEADER_PATH,
        body=SELF_ASSESSMENT_BODY | {"scale": {"worst": 1, "best": 2}},
        status=422,
    ),
)
async def assess_self(cmd: Annotated[AssessSelf, from_body(AssessSelf, "leader_id")], runner: KeyedRunner) -> ReceiptView:
    """Record a leader's self-assessment."""
    return await runner.run_idempotent(assessments.assess_self, cmd)


@router.post("/leaders/{leader_id:uuid}/supervisor-assessments", status_code=201)
@operation(
    assessments.assess_as_supervisor,
    Example(summary="Two responsibilities rated.", path=LEADER_PATH, body=SUPERVISOR_ASSESSMENT_BODY, status=201),
    Example(
        summary="The supervisor is a teacher.",
        path=LEADER_PATH,
        body=SUPERVISOR_ASSESSMENT_BODY | {"supervisor": {"sourced_id": "207219"}},
        status=422,
    ),
)
async def assess_as_supervisor(
    cmd: Annotated[AssessAsSupervisor, from_body(AssessAsSupervisor, "leader_id")], runner: KeyedRunner
) -> ReceiptView:
    """Record a supervisor's assessment of a leader."""
    return await runner.run_idempotent(assessments.assess_as_supervisor, cmd)


@router.post("/assessments/{assessment_id:uuid}:retract")
@operation(
    assessments.retract_assessment,
    Example(summary="The assessment before it counts again.", path={"assessment_id": ASSESSMENT}, body={}),
    Example(summary="An unknown assessment.", path={"assessment_id": UNKNOWN_ID}, body={}, status=404),
)
async def retract_assessment(
    cmd: Annotated[RetractAssessment, from_body(RetractAssessment, "assessment_id")], runner: KeyedRunner
) -> ReceiptView:
    """Retract an assessment."""
    return await runner.run_idempotent(assessments.retract_assessment, cmd)


@router.get("/configuration")
@operation(
    configuration.read_configuration,
    Example(summary="The one in force."),
    Example(summary="The product's own.", query={"version": "1"}),
    Example(summary="A version that does not exist.", query={"version": "99"}, status=404),
)
async def read_configuration(cmd: Annotated[ReadConfiguration, from_query(ReadConfiguration)], runner: Runner) -> Configuration:
    """Read the constants with which scores and advice are computed."""
    return await runner.run(configuration.read_configuration, cmd)


@router.post("/configuration", status_code=201)
@operation(
    configuration.put_configuration,
    Example(
        summary="`single_top` raised.",
        body=CONFIGURATION_BODY | {"single_top": 0.7},
        headers={"If-Match": '"1"'},
        status=201,
    ),
    Example(
        summary="In a job, for much evidence to score anew.",
        body=CONFIGURATION_BODY,
        headers={"If-Match": '"1"', "Prefer": "respond-async"},
        status=202,
    ),
    Example(summary="Without If-Match.", body=CONFIGURATION_BODY, status=428),
    Example(
        summary="A disclosure threshold below its minimum.",
        body=CONFIGURATION_BODY | {"disclosure": CONFIGURATION_BODY["disclosure"] | {"k": 3}},
        headers={"If-Match": '"1"'},
        status=422,
    ),
    async_use_case=start.start_configuration,
)
async def put_configuration(
    cmd: Annotated[PutConfiguration, from_body(PutConfiguration)], runner: KeyedRunner
) -> Configuration:
    """Put a new configuration in force."""
    return await runner.run_or_start_job(
        configuration.put_configuration, start.start_configuration, cmd, location="/v1/configuration?version={version}"
    )
