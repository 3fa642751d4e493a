"""Roster imports, and the mapping of roster roles."""

import strawberry

from api.graphql.fields import mutation_field, query_field
from api.graphql.nodes import node_type
from domain.roster import usecases

RosterImport = node_type(usecases.read_roster_import, {"import_id": "id"})


@strawberry.type
class RosterQuery:
    roster_import = query_field(usecases.read_roster_import)
    role_mapping = query_field(usecases.read_role_mapping)


@strawberry.type
class RosterMutation:
    import_roster = mutation_field(usecases.import_roster)
    put_role_mapping = mutation_field(usecases.put_role_mapping)
