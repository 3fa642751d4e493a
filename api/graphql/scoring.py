"""Profiles, assessments and the configuration."""

from collections.abc import Sequence
from typing import Any

import strawberry

from api.graphql.context import Info
from api.graphql.fields import mutation_field, query_field
from api.graphql.types import markdown_description, output_type_of
from domain.assessments.usecases import assess_as_supervisor, assess_self, retract_assessment
from domain.scoring.commands import ReadProfiles
from domain.scoring.usecases.configuration import put_configuration, read_configuration
from domain.scoring.usecases.profile import read_profile, read_profiles, scores_not_visible
from domain.scoring.views import ProfileView
from domain.shared.errors import Forbidden
from domain.shared.ids import PersonId


def profile_of(member: str) -> Any:
    """Return a child field with the profile of the leader whose id is the parent's `member`; loads all parents at once."""

    async def profile(root: strawberry.Parent[Any], info: Info) -> Any:
        return await profiles(info).load(getattr(root, member))

    profile.__annotations__["return"] = output_type_of(ProfileView) | None
    return strawberry.field(resolver=profile, description=markdown_description(ProfileView))


def profiles(info: Info) -> Any:
    """Return the request's loader of profiles by leader id."""

    async def load(leader_ids: list[PersonId]) -> Sequence[ProfileView | Forbidden]:
        views = await info.context.runner.run(read_profiles, ReadProfiles(leader_ids=tuple(leader_ids)))
        found = {view.leader_id: view for view in views}
        # The actor may see the parents, so a profile that is missing is withheld, not unknown.
        return [found.get(leader_id) or scores_not_visible() for leader_id in leader_ids]

    return info.context.loader(read_profiles, load)


@strawberry.type
class ScoringQuery:
    profile = query_field(read_profile)
    configuration = query_field(read_configuration)


@strawberry.type
class ScoringMutation:
    assess_self = mutation_field(assess_self)
    assess_as_supervisor = mutation_field(assess_as_supervisor)
    retract_assessment = mutation_field(retract_assessment)
    put_configuration = mutation_field(put_configuration)
