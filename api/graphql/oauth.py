"""Where one is signed in, and who may register clients."""

import strawberry

from api.graphql.fields import changes, lists
from domain.oauth import usecases


@strawberry.type
class AuthorizationQuery:
    sessions = lists(usecases.list_sessions)
    initial_access_tokens = lists(usecases.list_initial_access_tokens)


@strawberry.type
class AuthorizationMutation:
    revoke_sessions = changes(usecases.revoke_sessions)
    # The answer holds the token: it may be kept nowhere.
    create_initial_access_token = changes(usecases.create_initial_access_token)
    revoke_initial_access_tokens = changes(usecases.revoke_initial_access_tokens)
