"""Sessions of the signed-in person, and initial access tokens for client registration."""

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
    # No idempotency key: the result holds the token, which must not be stored.
    create_initial_access_token = mutation_field(usecases.create_initial_access_token)
    revoke_initial_access_tokens = mutation_field(usecases.revoke_initial_access_tokens)
