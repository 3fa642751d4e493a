"""What is kept and for how long, legal holds, and the erasure of people."""

from starlette.requests import Request

from api.rest.example_ids import LEADER, LEGAL_HOLD, NOBODY
from api.rest.operations import Example, Operation, router_of
from api.rest.requests import refuse_query
from domain.privacy.data_map import DataMap
from domain.privacy.usecases import erase_person, legal_holds, retention
from domain.privacy.usecases.data_map import read_data_map

WHO, LOST = {"person_id": LEADER}, {"person_id": NOBODY}
HELD, UNKNOWN = {"hold_id": LEGAL_HOLD}, {"hold_id": NOBODY}
RULES = {"rules": [{"kind": "feedback_text", "days": 365}, {"kind": "pulses", "days": 730}]}
HOLD = {"about": "person", "person_id": LEADER, "reason": "records_request", "until": "2036-06-30T00:00:00Z"}
STRANGE = {"colour": "blue"}


async def hear_data_map(request: Request) -> DataMap:
    """The data map of this installation's tables; no parameter is taken."""
    refuse_query(request)
    data_map: DataMap = request.app.state.data_map
    return data_map


router = router_of(
    "/v1",
    "privacy",
    (
        Operation(
            method="GET",
            path="/data-map",
            use_case=read_data_map,
            hear=hear_data_map,
            summary="What is kept, why, for how long, who reads it and how it goes",
            public=True,
            examples=(
                Example(summary="All of it."),
                Example(summary="A parameter that is none.", query=STRANGE, status=422),
            ),
        ),
        Operation(
            method="GET",
            path="/retention",
            use_case=retention.read_retention,
            summary="How long the district keeps what",
            examples=(Example(summary="Now."), Example(summary="A parameter that is none.", query=STRANGE, status=422)),
        ),
        Operation(
            method="PUT",
            path="/retention",
            use_case=retention.put_retention,
            summary="Decide how long things are kept",
            changes=True,
            versioned=True,
            examples=(
                Example(summary="Two kinds, the others as the product has them.", body=RULES),
                Example(summary="Out of bounds.", body={"rules": [{"kind": "pulses", "days": 1}]}, status=422),
                Example(summary="Somebody was faster.", body=RULES, headers={"If-Match": '"999"'}, status=412),
            ),
        ),
        Operation(
            method="GET",
            path="/retention/preview",
            use_case=retention.read_retention_preview,
            summary="What applying the periods now would delete and forget, and what scores would become",
            examples=(Example(summary="Now."), Example(summary="A parameter that is none.", query=STRANGE, status=422)),
        ),
        Operation(
            method="POST",
            path="/retention:apply",
            use_case=retention.apply_retention,
            summary="Delete and forget what has had its time",
            changes=True,
            later=retention.start_retention,
            examples=(
                Example(summary="By the product's own periods.", body={"version": 0}),
                Example(
                    summary="In a job, however much there is.",
                    body={"version": 0},
                    headers={"Prefer": "respond-async"},
                    status=202,
                ),
                Example(summary="The periods were changed meanwhile.", body={"version": 999}, status=412),
            ),
        ),
        Operation(
            method="POST",
            path="/legal-holds",
            use_case=legal_holds.put_legal_hold,
            summary="Hold a person, or the whole district: neither is erased nor retired",
            status=201,
            changes=True,
            location="/v1/legal-holds/{id}",
            examples=(
                Example(summary="A person, for a time.", body=HOLD, status=201),
                Example(summary="A person, but nobody named.", body={"about": "person", "reason": "litigation"}, status=422),
            ),
        ),
        Operation(
            method="GET",
            path="/legal-holds",
            use_case=legal_holds.list_legal_holds,
            summary="Legal holds, those that hold no more too",
            examples=(Example(summary="The newest first."), Example(summary="No such page.", query={"limit": "0"}, status=422)),
        ),
        Operation(
            method="GET",
            path="/legal-holds/{hold_id}",
            use_case=legal_holds.read_legal_hold,
            summary="One legal hold",
            examples=(
                Example(summary="Of the demo.", path=HELD),
                Example(summary="Unknown, or another district's.", path=UNKNOWN, status=404),
            ),
        ),
        Operation(
            method="POST",
            path="/legal-holds/{hold_id}:release",
            use_case=legal_holds.release_legal_hold,
            summary="Let a legal hold be over",
            changes=True,
            examples=(
                Example(summary="Of the demo.", path=HELD, body={}),
                Example(summary="Unknown, or another district's.", path=UNKNOWN, body={}, status=404),
            ),
        ),
        Operation(
            method="GET",
            path="/people/{person_id}/erasure-preview",
            use_case=erase_person.read_erasure_preview,
            summary="What erasing a person would delete, anonymise and change in scores",
            examples=(
                Example(summary="A leader.", path=WHO),
                Example(summary="And what they said of others.", path=WHO, query={"evidence_about_others": "remove"}),
                Example(summary="Unknown, or another district's.", path=LOST, status=404),
            ),
        ),
        Operation(
            method="POST",
            path="/people/{person_id}:erase",
            use_case=erase_person.erase_person,
            summary="Erase a person for good",
            changes=True,
            examples=(
                Example(summary="Only to see.", path=WHO, body={"preview": True}),
                Example(summary="For good.", path=WHO, body={}),
                Example(summary="Unknown, or another district's.", path=LOST, body={}, status=404),
            ),
        ),
    ),
)
