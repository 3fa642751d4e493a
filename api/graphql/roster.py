"""Roster imports and what the roster's roles mean."""

import strawberry

from api.graphql.fields import changes, reads
from domain.roster import usecases


@strawberry.type
class RosterQuery:
    roster_import = reads(usecases.read_roster_import)
    role_mapping = reads(usecases.read_role_mapping)


@strawberry.type
class RosterMutation:
    put_role_mapping = changes(usecases.put_role_mapping)
