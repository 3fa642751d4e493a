"""Initiatives, the groups that feel them, and what the framework advises."""

import strawberry

from api.graphql import scoring
from api.graphql.fields import changes, lists, reads
from api.graphql.nodes import found_by
from domain.change import usecases
from domain.recommendations.usecases import read_recommendations
from domain.stance.usecases import decide_stance, put_stance_answers, read_stance

Group = found_by(usecases.read_group, {"initiative_id": "initiative_id", "group_id": "id"})
Initiative = found_by(usecases.read_initiative, {"initiative_id": "id"}, leader_profile=scoring.profile_of("leader_id"))


@strawberry.type
class ChangeQuery:
    initiative = reads(usecases.read_initiative)
    initiatives = lists(usecases.list_initiatives)
    group = reads(usecases.read_group)
    groups = lists(usecases.list_groups)
    magnitude = reads(usecases.read_magnitude)
    magnitudes = reads(usecases.read_magnitudes)
    phases = reads(usecases.read_phases)
    recommendations = reads(read_recommendations)
    stance = reads(read_stance)
    decide_stance = reads(decide_stance)


@strawberry.type
class ChangeMutation:
    create_initiative = changes(usecases.create_initiative)
    edit_initiative = changes(usecases.edit_initiative)
    create_group = changes(usecases.create_group)
    edit_group = changes(usecases.edit_group)
    put_estimate = changes(usecases.put_estimate)
    put_phases = changes(usecases.put_phases)
    put_pulse = changes(usecases.put_pulse)
    put_stance_answers = changes(put_stance_answers)
