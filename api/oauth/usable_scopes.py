"""Limit the scopes of built-in apps to those that the signed-in person can use."""

from api.oauth.dependencies import Dependencies
from api.oauth.request_parsing import NoUsableScope
from api.oauth.tokens import TokenSubject
from domain.directory.oauth_clients import BUILT_IN, IDENTITY_SCOPES, OFFLINE_ACCESS, RegisteredClient
from domain.permissions.rules import usable_scopes


def usable_scope(dependencies: Dependencies, client: RegisteredClient | None, subject: TokenSubject, scope: str) -> str:
    """Return the scope of a token for `subject`: `scope`, for a built-in app without what the person's roles cannot use.

    Computed for each token, so that a role that is granted later widens the next token up to what was allowed. Raises
    `NoUsableScope` (RFC 6749 section 5.2, `invalid_scope`) when nothing is left.
    """
    if client is None or client.client_id not in BUILT_IN:
        return scope
    person_context = dependencies.store.families.person_context(subject.person_id, subject.methods)
    usable = IDENTITY_SCOPES | {OFFLINE_ACCESS} | (frozenset() if person_context is None else usable_scopes(person_context))
    names = [name for name in scope.split() if name in usable]
    if not names:
        raise NoUsableScope
    return " ".join(names)
