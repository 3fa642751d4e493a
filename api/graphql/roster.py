"""Roster imports and what the roster's roles mean."""

import strawberry

from api.graphql.fields import changes, reads
from api.graphql.nodes import found_by
from domain.roster import usecases

RosterImport = found_by(usecases.read_roster_import, {"import_id": "id"})


@strawberry.type
class RosterQuery:
    roster_import = reads(usecases.read_roster_import)
    role_mapping = reads(usecases.read_role_mapping)


@strawberry.type
class RosterMutation:
    import_roster = changes(usecases.import_roster)
    put_role_mapping = changes(usecases.put_role_mapping)
