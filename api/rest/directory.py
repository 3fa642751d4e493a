"""The district, its schools and its people."""

from typing import Annotated

from api.rest.example_ids import LEADER, SCHOOL, UNKNOWN_ID
from api.rest.operations import Example, operation
from api.rest.parameters import from_query
from api.rest.routing import Router
from api.rest.runner import Runner
from domain.directory.client_commands import CurrentDistrictView, ReadDistrict
from domain.directory.commands import ListLeaders, ListPeople, ListSchools, ReadLeader, ReadPerson, ReadSchool
from domain.directory.usecases import districts_and_clients, people_and_schools
from domain.directory.views import LeaderView, PersonView, SchoolView
from domain.shared.paging import Page

FIRST_PAGE = Example(summary="The first page.")
TWO_A_PAGE = Example(summary="Two items a page.", query={"limit": "2"})
UNKNOWN_PARAMETER = Example(summary="An unknown query parameter.", query={"colour": "blue"}, status=422)
TOO_MANY = Example(summary="A limit above the maximum.", query={"limit": "1000"}, status=422)


def _read_examples(member: str, known: str) -> tuple[Example, Example]:
    unknown = Example(summary="Unknown, or another district's.", path={member: UNKNOWN_ID}, status=404)
    return Example(summary="An existing one.", path={member: known}), unknown


router = Router(prefix="/v1", tags=["directory"])


@router.get("/districts/current")
@operation(districts_and_clients.read_district, Example(summary="The district of the token."), UNKNOWN_PARAMETER)
async def read_district(cmd: Annotated[ReadDistrict, from_query(ReadDistrict)], runner: Runner) -> CurrentDistrictView:
    """Read the district of the access token."""
    return await runner.run(districts_and_clients.read_district, cmd)


@router.get("/schools")
@operation(people_and_schools.list_schools, FIRST_PAGE, TWO_A_PAGE, TOO_MANY)
async def list_schools(cmd: Annotated[ListSchools, from_query(ListSchools)], runner: Runner) -> Page[SchoolView]:
    """List schools."""
    return await runner.run(people_and_schools.list_schools, cmd)


@router.get("/schools/{school_id:uuid}")
@operation(people_and_schools.read_school, *_read_examples("school_id", SCHOOL))
async def read_school(cmd: Annotated[ReadSchool, from_query(ReadSchool, "school_id")], runner: Runner) -> SchoolView:
    """Read a school."""
    return await runner.run(people_and_schools.read_school, cmd)


@router.get("/people")
@operation(
    people_and_schools.list_people,
    FIRST_PAGE,
    Example(summary="By the id in the roster.", query={"sourced_id": "207267"}),
    TOO_MANY,
)
async def list_people(cmd: Annotated[ListPeople, from_query(ListPeople)], runner: Runner) -> Page[PersonView]:
    """List members of staff."""
    return await runner.run(people_and_schools.list_people, cmd)


@router.get("/people/{person_id:uuid}")
@operation(people_and_schools.read_person, *_read_examples("person_id", LEADER))
async def read_person(cmd: Annotated[ReadPerson, from_query(ReadPerson, "person_id")], runner: Runner) -> PersonView:
    """Read a member of staff."""
    return await runner.run(people_and_schools.read_person, cmd)


@router.get("/leaders")
@operation(people_and_schools.list_leaders, FIRST_PAGE, TWO_A_PAGE, TOO_MANY)
async def list_leaders(cmd: Annotated[ListLeaders, from_query(ListLeaders)], runner: Runner) -> Page[LeaderView]:
    """List leaders."""
    return await runner.run(people_and_schools.list_leaders, cmd)


@router.get("/leaders/{leader_id:uuid}")
@operation(people_and_schools.read_leader, *_read_examples("leader_id", LEADER))
async def read_leader(cmd: Annotated[ReadLeader, from_query(ReadLeader, "leader_id")], runner: Runner) -> LeaderView:
    """Read a leader."""
    return await runner.run(people_and_schools.read_leader, cmd)
