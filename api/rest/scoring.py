"""Profiles, assessments and the configuration."""

import msgspec

from api.rest.example_ids import ASSESSMENT, LEADER, NOBODY
from api.rest.operations import Example, Operation, router_of
from domain.assessments import usecases as assessments
from domain.framework.configuration import PRODUCT
from domain.jobs.usecases.start import start_configuration
from domain.scoring.usecases.configuration import put_configuration, read_configuration
from domain.scoring.usecases.profile import read_profile

SELF = {
    "purpose": "formative",
    "assessed_at": "2026-05-18T15:00:00Z",
    "scale": {"worst": 1, "best": 5},
    "ratings": [{"responsibility": "visibility", "value": 4}, {"responsibility": "focus", "value": 3}],
}
JUDGED = SELF | {"supervisor": {"sourced_id": "207247"}}
CONFIGURED = {k: v for k, v in msgspec.json.decode(msgspec.json.encode(PRODUCT)).items() if k != "version"}
AT_LEADER = {"leader_id": LEADER}

router = router_of(
    "/v1",
    "scoring",
    (
        Operation(
            method="GET",
            path="/leaders/{leader_id}/profile",
            use_case=read_profile,
            summary="A leader's 21 scores",
            examples=(
                Example(summary="Now.", path=AT_LEADER),
                Example(summary="As it stood.", path=AT_LEADER, query={"at": "2026-11-01"}),
                Example(summary="In the future.", path=AT_LEADER, query={"at": "2199-01-01"}, status=422),
                Example(summary="No leader.", path={"leader_id": NOBODY}, status=404),
            ),
        ),
        Operation(
            method="POST",
            path="/leaders/{leader_id}/self-assessments",
            use_case=assessments.assess_self,
            summary="A leader's assessment of themselves",
            status=201,
            changes=True,
            examples=(
                Example(summary="Two of the 21.", path=AT_LEADER, body=SELF, status=201),
                Example(summary="Off the scale.", path=AT_LEADER, body=SELF | {"scale": {"worst": 1, "best": 2}}, status=422),
            ),
        ),
        Operation(
            method="POST",
            path="/leaders/{leader_id}/supervisor-assessments",
            use_case=assessments.assess_as_supervisor,
            summary="A supervisor's assessment of a leader",
            status=201,
            changes=True,
            examples=(
                Example(summary="Two of the 21.", path=AT_LEADER, body=JUDGED, status=201),
                Example(
                    summary="By somebody who supervises nobody.",
                    path=AT_LEADER,
                    body=JUDGED | {"supervisor": {"sourced_id": "207219"}},
                    status=422,
                ),
            ),
        ),
        Operation(
            method="POST",
            path="/assessments/{assessment_id}:retract",
            use_case=assessments.retract_assessment,
            summary="Take back an assessment",
            changes=True,
            examples=(
                Example(summary="The one before it counts again.", path={"assessment_id": ASSESSMENT}, body={}),
                Example(summary="Unknown.", path={"assessment_id": NOBODY}, body={}, status=404),
            ),
        ),
        Operation(
            method="GET",
            path="/configuration",
            use_case=read_configuration,
            summary="The constants that scores and advice are computed with",
            examples=(
                Example(summary="In force."),
                Example(summary="The product's own.", query={"version": "1"}),
                Example(summary="Never made.", query={"version": "99"}, status=404),
            ),
        ),
        Operation(
            method="POST",
            path="/configuration",
            use_case=put_configuration,
            later=start_configuration,
            summary="Put a whole configuration in force",
            status=201,
            changes=True,
            versioned=True,
            location="/v1/configuration?version={version}",
            examples=(
                Example(
                    summary="Threshold of the one top raised.",
                    body=CONFIGURED | {"single_top": 0.7},
                    headers={"If-Match": '"1"'},
                    status=201,
                ),
                Example(
                    summary="In a job, however much has to be scored anew.",
                    body=CONFIGURED,
                    headers={"If-Match": '"1"', "Prefer": "respond-async"},
                    status=202,
                ),
                Example(summary="Without If-Match.", body=CONFIGURED, status=428),
                Example(
                    summary="A threshold of disclosure lowered.",
                    body=CONFIGURED | {"disclosure": CONFIGURED["disclosure"] | {"k": 3}},
                    headers={"If-Match": '"1"'},
                    status=422,
                ),
            ),
        ),
    ),
)
