"""What clients can find out by themselves (RFC 8414, RFC 9728): only what is really offered."""

from api.oauth.server import GRANT, METHODS
from domain.shared.context import Scope


def server_metadata(public_url: str) -> dict[str, object]:
    """The authorization server. ``response_types_supported`` is required, and empty: there is no authorization endpoint."""
    return {
        "issuer": public_url,
        "token_endpoint": f"{public_url}/oauth/token",
        "jwks_uri": f"{public_url}/oauth/jwks",
        "grant_types_supported": [GRANT],
        "response_types_supported": [],
        "token_endpoint_auth_methods_supported": list(METHODS),
        "scopes_supported": [s.value for s in Scope],
        "protected_resources": [f"{public_url}/v1"],
    }


def resource_metadata(public_url: str) -> dict[str, object]:
    """The protected resource: everything under /v1 (GraphQL takes the same tokens)."""
    return {
        "resource": f"{public_url}/v1",
        "resource_name": "Evenkeel",
        "authorization_servers": [public_url],
        "jwks_uri": f"{public_url}/oauth/jwks",
        "scopes_supported": [s.value for s in Scope],
        "bearer_methods_supported": ["header"],
    }
