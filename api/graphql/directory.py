"""Schools and people."""

import strawberry

from api.graphql import scoring
from api.graphql.fields import connection_field, query_field
from api.graphql.nodes import node_type
from domain.directory.usecases import districts_and_clients, people_and_schools

School = node_type(people_and_schools.read_school, {"school_id": "id"})
Person = node_type(people_and_schools.read_person, {"person_id": "id"})
Leader = node_type(people_and_schools.read_leader, {"leader_id": "id"}, profile=scoring.profile_of("id"))


@strawberry.type
class DirectoryQuery:
    district = query_field(districts_and_clients.read_district)
    school = query_field(people_and_schools.read_school)
    schools = connection_field(people_and_schools.list_schools)
    person = query_field(people_and_schools.read_person)
    people = connection_field(people_and_schools.list_people)
    leader = query_field(people_and_schools.read_leader)
    leaders = connection_field(people_and_schools.list_leaders)
