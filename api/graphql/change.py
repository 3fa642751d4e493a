"""Initiatives, the groups that feel them, and what the framework advises."""

import strawberry

from api.graphql import scoring
from api.graphql.fields import changes, lists, reads
from api.graphql.nodes import found_by
from domain.change.usecases.groups import create_group, edit_group, list_groups, read_group
from domain.change.usecases.initiatives import create_initiative, edit_initiative, list_initiatives, read_initiative
from domain.change.usecases.magnitude import put_estimate, put_pulse, read_magnitude, read_magnitudes
from domain.change.usecases.phases import put_phases, read_phases
from domain.recommendations.usecases import read_recommendations
from domain.stance.usecases import decide_stance, put_stance_answers, read_stance

Group = found_by(read_group, {"initiative_id": "initiative_id", "group_id": "id"})
Initiative = found_by(read_initiative, {"initiative_id": "id"}, leader_profile=scoring.profile_of("leader_id"))


@strawberry.type
class ChangeQuery:
    initiative = reads(read_initiative)
    initiatives = lists(list_initiatives)
    group = reads(read_group)
    groups = lists(list_groups)
    magnitude = reads(read_magnitude)
    magnitudes = reads(read_magnitudes)
    phases = reads(read_phases)
    recommendations = reads(read_recommendations)
    stance = reads(read_stance)
    decide_stance = reads(decide_stance)


@strawberry.type
class ChangeMutation:
    create_initiative = changes(create_initiative)
    edit_initiative = changes(edit_initiative)
    create_group = changes(create_group)
    edit_group = changes(edit_group)
    put_estimate = changes(put_estimate)
    put_phases = changes(put_phases)
    put_pulse = changes(put_pulse)
    put_stance_answers = changes(put_stance_answers)
