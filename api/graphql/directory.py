"""Schools and people."""

import strawberry

from api.graphql import scoring
from api.graphql.fields import lists, reads
from api.graphql.nodes import found_by
from domain.directory.usecases import districts_and_clients, people_and_schools

School = found_by(people_and_schools.read_school, {"school_id": "id"})
Person = found_by(people_and_schools.read_person, {"person_id": "id"})
Leader = found_by(people_and_schools.read_leader, {"leader_id": "id"}, profile=scoring.profile_of("id"))


@strawberry.type
class DirectoryQuery:
    district = reads(districts_and_clients.read_district)
    school = reads(people_and_schools.read_school)
    schools = lists(people_and_schools.list_schools)
    person = reads(people_and_schools.read_person)
    people = lists(people_and_schools.list_people)
    leader = reads(people_and_schools.read_leader)
    leaders = lists(people_and_schools.list_leaders)
