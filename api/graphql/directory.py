"""Schools and people."""

import strawberry

from api.graphql import scoring
from api.graphql.fields import lists, reads
from api.graphql.nodes import found_by
from domain.directory import registry, usecases

School = found_by(usecases.read_school, {"school_id": "id"})
Person = found_by(usecases.read_person, {"person_id": "id"})
Leader = found_by(usecases.read_leader, {"leader_id": "id"}, profile=scoring.profile_of("id"))


@strawberry.type
class DirectoryQuery:
    district = reads(registry.read_district)
    school = reads(usecases.read_school)
    schools = lists(usecases.list_schools)
    person = reads(usecases.read_person)
    people = lists(usecases.list_people)
    leader = reads(usecases.read_leader)
    leaders = lists(usecases.list_leaders)
