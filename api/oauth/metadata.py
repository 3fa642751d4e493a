"""Metadata for clients (RFC 8414, OpenID Connect Discovery, RFC 9728)."""

from api.oauth.client_authentication import ALL_METHODS, ASSERTION_ALGORITHMS, CONFIDENTIAL_METHODS
from api.security.bearer_tokens import ALGORITHM
from api.web.i18n import LANGUAGES
from domain.directory.oauth_clients import IDENTITY_SCOPES, OFFLINE_ACCESS, GrantType
from domain.shared.context import Scope

PEOPLE_SCOPES = [*sorted(IDENTITY_SCOPES), OFFLINE_ACCESS]


def server_metadata(public_url: str) -> dict[str, object]:
    """Return the metadata of the authorization server (RFC 8414, RFC 9207)."""
    algorithms = list(ASSERTION_ALGORITHMS)
    return {
        "issuer": public_url,
        "authorization_endpoint": f"{public_url}/oauth/authorize",
        "token_endpoint": f"{public_url}/oauth/token",
        "revocation_endpoint": f"{public_url}/oauth/revoke",
        "introspection_endpoint": f"{public_url}/oauth/introspect",
        "registration_endpoint": f"{public_url}/oauth/register",
        "jwks_uri": f"{public_url}/oauth/jwks",
        "grant_types_supported": [grant.value for grant in GrantType],
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": list(ALL_METHODS),
        "token_endpoint_auth_signing_alg_values_supported": algorithms,
        "revocation_endpoint_auth_methods_supported": list(ALL_METHODS),
        "revocation_endpoint_auth_signing_alg_values_supported": algorithms,
        "introspection_endpoint_auth_methods_supported": list(CONFIDENTIAL_METHODS),
        "introspection_endpoint_auth_signing_alg_values_supported": algorithms,
        "authorization_response_iss_parameter_supported": True,
        "ui_locales_supported": list(LANGUAGES),
        "scopes_supported": [*(s.value for s in Scope), *PEOPLE_SCOPES],
        "protected_resources": [f"{public_url}/v1"],
    }


def provider_metadata(public_url: str) -> dict[str, object]:
    """Return the same metadata as those of an OpenID provider (OpenID Connect Discovery)."""
    return server_metadata(public_url) | {
        "userinfo_endpoint": f"{public_url}/oauth/userinfo",
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": [ALGORITHM],
        "claim_types_supported": ["normal"],
        "claims_supported": [
            *("sub", "iss", "aud", "exp", "iat", "auth_time", "nonce", "amr", "sid"),
            *("name", "given_name", "family_name", "email"),
        ],
        "prompt_values_supported": ["none", "login", "consent", "select_account"],
        "claims_parameter_supported": False,
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,
        "require_request_uri_registration": False,
    }


def resource_metadata(public_url: str) -> dict[str, object]:
    """Return the metadata of the protected resource: everything under /v1 (GraphQL accepts the same tokens)."""
    return {
        "resource": f"{public_url}/v1",
        "resource_name": "Evenkeel",
        "authorization_servers": [public_url],
        "jwks_uri": f"{public_url}/oauth/jwks",
        "scopes_supported": [s.value for s in Scope],
        "bearer_methods_supported": ["header"],
    }
