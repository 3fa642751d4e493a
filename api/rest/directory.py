"""The district, its schools and its people."""

from api.rest.example_ids import LEADER, NOBODY, SCHOOL
from api.rest.operations import Example, Operation, UseCase, router_of
from domain.directory.usecases import people_and_schools
from domain.directory.usecases.districts_and_clients import read_district

ALL = Example(summary="The first page.")
SHORT = Example(summary="Two at a time.", query={"limit": "2"})
STRANGE = Example(summary="A parameter that is none.", query={"colour": "blue"}, status=422)
TOO_MANY = Example(summary="More than a page holds.", query={"limit": "1000"}, status=422)


def _one(path: str, use_case: UseCase, summary: str, member: str, known: str) -> Operation:
    return Operation(
        method="GET",
        path=path,
        use_case=use_case,
        summary=summary,
        examples=(
            Example(summary="Known.", path={member: known}),
            Example(summary="Unknown, or another district's.", path={member: NOBODY}, status=404),
        ),
    )


router = router_of(
    "/v1",
    "directory",
    (
        Operation(
            method="GET",
            path="/districts/current",
            use_case=read_district,
            summary="The district of this token",
            examples=(Example(summary="One's own."), STRANGE),
        ),
        Operation(
            method="GET",
            path="/schools",
            use_case=people_and_schools.list_schools,
            summary="Schools",
            examples=(ALL, SHORT, TOO_MANY),
        ),
        _one("/schools/{school_id}", people_and_schools.read_school, "One school", "school_id", SCHOOL),
        Operation(
            method="GET",
            path="/people",
            use_case=people_and_schools.list_people,
            summary="Members of staff",
            examples=(ALL, Example(summary="Whom the roster calls so.", query={"sourced_id": "207267"}), TOO_MANY),
        ),
        _one("/people/{person_id}", people_and_schools.read_person, "One member of staff", "person_id", LEADER),
        Operation(
            method="GET",
            path="/leaders",
            use_case=people_and_schools.list_leaders,
            summary="Leaders",
            examples=(ALL, SHORT, TOO_MANY),
        ),
        _one("/leaders/{leader_id}", people_and_schools.read_leader, "One leader", "leader_id", LEADER),
    ),
)
