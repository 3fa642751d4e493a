"""Built-in apps get no scope that the person who signed in cannot use."""

from api.oauth.dependencies import Dependencies
from api.oauth.request_parsing import NoUsableScope
from api.oauth.tokens import TokenSubject
from domain.directory.oauth_clients import BUILT_IN, IDENTITY_SCOPES, OFFLINE_ACCESS, RegisteredClient
from domain.permissions.rules import usable_scopes


def usable_scope(dependencies: Dependencies, client: RegisteredClient | None, subject: TokenSubject, scope: str) -> str:
    """The scope of a token for ``subject``: ``scope``, for a built-in app without those that the person's roles cannot use.

    Decided for each token, so that a role that is granted later widens the next one up to what was allowed. Raises
    ``NoUsableScope`` (RFC 6749 section 5.2, ``invalid_scope``) when nothing is left.
    """
    if client is None or client.client_id not in BUILT_IN:
        return scope
    standing = dependencies.store.families.person_context(subject.person_id, subject.methods)
    usable = IDENTITY_SCOPES | {OFFLINE_ACCESS} | (frozenset() if standing is None else usable_scopes(standing))
    names = [name for name in scope.split() if name in usable]
    if not names:
        raise NoUsableScope
    return " ".join(names)
