"""Built-in apps get no scope that the person who signed in can't use."""

from api.oauth.dependencies import Outside
from api.oauth.request_parsing import NoUsableScope
from api.oauth.tokens import Holder
from domain.directory.oauth_clients import BUILT_IN, IDENTITY, OFFLINE, RegisteredClient
from domain.permissions.rules import usable_scopes


def usable(outside: Outside, client: RegisteredClient | None, holder: Holder, scope: str) -> str:
    """``scope`` as a token for ``holder`` has it: narrower than what was allowed where ``client`` is a built-in app.

    Asked at every token, so that a role that is granted later widens the next one up to what was allowed. Raises
    ``NoUsableScope`` (RFC 6749 section 5.2, ``invalid_scope``) when nothing is left.
    """
    if client is None or client.client_id not in BUILT_IN:
        return scope
    standing = outside.store.families.standing(holder.person_id, holder.methods)
    kept = IDENTITY | {OFFLINE} | (frozenset() if standing is None else usable_scopes(standing))
    found = [name for name in scope.split() if name in kept]
    if not found:
        raise NoUsableScope
    return " ".join(found)
