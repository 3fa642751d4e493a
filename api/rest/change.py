"""Initiatives, groups, phases, magnitude, recommendations and stance."""

from api.rest.example_ids import GROUP, GROUP_VERSION, INITIATIVE, NOBODY
from api.rest.operations import Example, Operation, UseCase, router_of
from domain.change.usecases.groups import create_group, edit_group, list_groups, read_group
from domain.change.usecases.initiatives import create_initiative, edit_initiative, list_initiatives, read_initiative
from domain.change.usecases.magnitude import put_estimate, put_pulse, read_magnitude, read_magnitudes
from domain.change.usecases.phases import put_phases, read_phases
from domain.recommendations.usecases import read_recommendations
from domain.stance import usecases as stance

AT = {"initiative_id": INITIATIVE}
IN = {"initiative_id": INITIATIVE, "group_id": GROUP}
LOST = {"initiative_id": NOBODY}
PLAN = {
    "leader": {"sourced_id": "207267"},
    "title": "Shared reading in every subject",
    "decide_by": "2026-12-20",
    "stakes": "high",
    "goal_tied_to_student_learning": True,
    "about_teaching_and_learning": True,
}
PEOPLE = {"name": "core teachers", "size": 14, "role": "implementing", "must_change_practice": True}
FIRST = {"If-Match": '"1"'}
FELT = {"If-Match": f'"{GROUP_VERSION}"'}
OLD = {"If-Match": '"999"'}
PULSE = [[3, 4, 3, 4, 3, 5, 4], [4, 3, 5, 5, 4, 4, 3], [4, 4, 4, 3, 4, 4, 4], [2, 4, 3, 3, 3, 4, 4], [2, 5, 3, 4, 5, None, 4]]


def _read(path: str, use_case: UseCase, summary: str, at: dict[str, str]) -> Operation:
    return Operation(
        method="GET",
        path=path,
        use_case=use_case,
        summary=summary,
        examples=(
            Example(summary="Now.", path=at),
            Example(summary="Unknown, or another district's.", path=at | LOST, status=404),
        ),
    )


router = router_of(
    "/v1",
    "change",
    (
        Operation(
            method="POST",
            path="/initiatives",
            use_case=create_initiative,
            summary="Describe an initiative",
            status=201,
            changes=True,
            location="/v1/initiatives/{id}",
            examples=(
                Example(summary="With a decision to take.", body=PLAN, status=201),
                Example(summary="Of nobody known.", body=PLAN | {"leader": {"sourced_id": "999999"}}, status=422),
            ),
        ),
        Operation(
            method="GET",
            path="/initiatives",
            use_case=list_initiatives,
            summary="Initiatives",
            examples=(Example(summary="The newest first."), Example(summary="No such page.", query={"limit": "0"}, status=422)),
        ),
        _read("/initiatives/{initiative_id}", read_initiative, "One initiative", AT),
        Operation(
            method="PUT",
            path="/initiatives/{initiative_id}",
            use_case=edit_initiative,
            summary="Describe an initiative anew",
            changes=True,
            versioned=True,
            examples=(
                Example(summary="Somebody was faster.", path=AT, body=PLAN, headers=OLD, status=412),
                Example(summary="Without If-Match.", path=AT, body=PLAN, status=428),
                Example(summary="Another title.", path=AT, body=PLAN | {"title": "Reading together"}, headers=FIRST),
            ),
        ),
        Operation(
            method="POST",
            path="/initiatives/{initiative_id}/groups",
            use_case=create_group,
            summary="Add a group that will feel the change in the same way",
            status=201,
            changes=True,
            location="/v1/initiatives/{initiative_id}/groups/{id}",
            examples=(
                Example(summary="Fourteen teachers.", path=AT, body=PEOPLE, status=201),
                Example(summary="Nobody in it.", path=AT, body=PEOPLE | {"size": 0}, status=422),
            ),
        ),
        _read("/initiatives/{initiative_id}/groups", list_groups, "Groups of an initiative", AT),
        _read("/initiatives/{initiative_id}/groups/{group_id}", read_group, "One group", IN),
        Operation(
            method="PUT",
            path="/initiatives/{initiative_id}/groups/{group_id}",
            use_case=edit_group,
            summary="Describe a group anew",
            changes=True,
            versioned=True,
            examples=(
                Example(summary="Two more people.", path=IN, body=PEOPLE | {"size": 16}, headers=FELT),
                Example(summary="Without If-Match.", path=IN, body=PEOPLE, status=428),
                Example(summary="Somebody was faster.", path=IN, body=PEOPLE, headers=OLD, status=412),
            ),
        ),
        Operation(
            method="PUT",
            path="/initiatives/{initiative_id}/groups/{group_id}/estimate",
            use_case=put_estimate,
            summary="What the leader expects the group to feel",
            changes=True,
            versioned=True,
            examples=(
                Example(summary="One item not answered.", path=IN, body={"items": [2, 3, 3, 2, 2, None, 2]}, headers=FELT),
                Example(
                    summary="Somebody was faster.", path=IN, body={"items": [2, 2, 3, 2, 2, 3, 2]}, headers=OLD, status=412
                ),
                Example(summary="Not on the scale.", path=IN, body={"items": [9, 2, 3, 2, 2, 3, 2]}, headers=OLD, status=422),
            ),
        ),
        Operation(
            method="PUT",
            path="/initiatives/{initiative_id}/groups/{group_id}/phases",
            use_case=put_phases,
            summary="Which phases are under way for the group, and how strongly",
            changes=True,
            versioned=True,
            examples=(
                Example(summary="Two at once.", path=IN, body={"implement": 1.0, "monitor_evaluate": 0.3}, headers=FELT),
                Example(summary="Somebody was faster.", path=IN, body={"implement": 1.0}, headers=OLD, status=412),
                Example(summary="Too strong.", path=IN, body={"implement": 2}, headers=OLD, status=422),
            ),
        ),
        _read("/initiatives/{initiative_id}/phases", read_phases, "Phases under way, group by group", AT),
        Operation(
            method="PUT",
            path="/initiatives/{initiative_id}/groups/{group_id}/magnitude/pulses/{on}",
            use_case=put_pulse,
            summary="What a group answered on one day, whole",
            examples=(
                Example(summary="Five people.", path=IN | {"on": "2026-10-12"}, body={"answers": PULSE}),
                Example(
                    summary="Too few to hide anybody.", path=IN | {"on": "2026-10-12"}, body={"answers": PULSE[:4]}, status=422
                ),
            ),
        ),
        _read(
            "/initiatives/{initiative_id}/groups/{group_id}/magnitude",
            read_magnitude,
            "How a group experiences the change: estimated and measured",
            IN,
        ),
        _read(
            "/initiatives/{initiative_id}/magnitude",
            read_magnitudes,
            "How every group experiences the change, the most misjudged first",
            AT,
        ),
        _read(
            "/initiatives/{initiative_id}/recommendations",
            read_recommendations,
            "Which responsibilities to lean on, for which group",
            AT,
        ),
        _read("/initiatives/{initiative_id}/stance", stance.read_stance, "Direct or share, group by group", AT),
        Operation(
            method="PUT",
            path="/initiatives/{initiative_id}/groups/{group_id}/stance-answers",
            use_case=stance.put_stance_answers,
            summary="What the leader answers for this decision with this group",
            changes=True,
            examples=(
                Example(summary="The group shares the goals.", path=IN, body={"answers": [{"code": "GC", "value": "yes"}]}),
                Example(summary="No such question.", path=IN, body={"answers": [{"code": "XX", "value": "yes"}]}, status=422),
            ),
        ),
        Operation(
            method="POST",
            path="/stance",
            use_case=stance.decide_stance,
            summary="Direct or share, from answers alone",
            examples=(
                Example(
                    summary="Two answers.", body={"attributes": [{"code": "QR", "value": "yes"}, {"code": "AC", "value": "no"}]}
                ),
                Example(summary="No such answer.", body={"attributes": [{"code": "QR", "value": "perhaps"}]}, status=422),
            ),
        ),
    ),
)
