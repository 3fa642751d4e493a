"""Initiatives, their groups, recommendations and stance."""

import strawberry

from api.graphql import scoring
from api.graphql.fields import connection_field, mutation_field, query_field
from api.graphql.nodes import node_type
from domain.change.usecases.groups import create_group, edit_group, list_groups, read_group
from domain.change.usecases.initiatives import create_initiative, edit_initiative, list_initiatives, read_initiative
from domain.change.usecases.magnitude import put_estimate, put_pulse, read_magnitude, read_magnitudes
from domain.change.usecases.phases import put_phases, read_phases
from domain.recommendations.usecases import read_recommendations
from domain.stance.usecases import decide_stance, put_stance_answers, read_stance

Group = node_type(read_group, {"initiative_id": "initiative_id", "group_id": "id"})
Initiative = node_type(read_initiative, {"initiative_id": "id"}, leader_profile=scoring.profile_of("leader_id"))


@strawberry.type
class ChangeQuery:
    initiative = query_field(read_initiative)
    initiatives = connection_field(list_initiatives)
    group = query_field(read_group)
    groups = connection_field(list_groups)
    magnitude = query_field(read_magnitude)
    magnitudes = query_field(read_magnitudes)
    phases = query_field(read_phases)
    recommendations = query_field(read_recommendations)
    stance = query_field(read_stance)
    decide_stance = query_field(decide_stance)


@strawberry.type
class ChangeMutation:
    create_initiative = mutation_field(create_initiative)
    edit_initiative = mutation_field(edit_initiative)
    create_group = mutation_field(create_group)
    edit_group = mutation_field(edit_group)
    put_estimate = mutation_field(put_estimate)
    put_phases = mutation_field(put_phases)
    put_pulse = mutation_field(put_pulse)
    put_stance_answers = mutation_field(put_stance_answers)
