"""Where one is signed in, and who may register clients."""

import strawberry

from api.graphql.fields import connection_field, mutation_field
from domain.oauth import usecases


@strawberry.type
class AuthorizationQuery:
    sessions = connection_field(usecases.list_sessions)
    initial_access_tokens = connection_field(usecases.list_initial_access_tokens)


@strawberry.type
class AuthorizationMutation:
    revoke_sessions = mutation_field(usecases.revoke_sessions)
    # The answer holds the token: it may be kept nowhere.
    create_initial_access_token = mutation_field(usecases.create_initial_access_token)
    revoke_initial_access_tokens = mutation_field(usecases.revoke_initial_access_tokens)
