"""What the OpenAPI document says of these endpoints; their bodies are the standards', not dataclasses of ours."""

from typing import Any

_EXAMPLE = "https://evenkeel.example.org"


def _answer(description: str, example: dict[str, Any], schema: dict[str, Any] | None = None) -> dict[str, Any]:
    content = {"schema": schema or {"type": "object"}, "example": example}
    return {"description": description, "content": {"application/json": content}}


_REFUSAL = {
    "type": "object",
    "required": ["error"],
    "properties": {"error": {"type": "string"}, "error_description": {"type": "string"}},
}

_GRANTED = {
    "type": "object",
    "required": ["access_token", "token_type", "expires_in", "scope"],
    "properties": {
        "access_token": {"type": "string", "description": "A JWT (RFC 9068); opaque to clients."},
        "token_type": {"type": "string", "enum": ["Bearer"]},
        "expires_in": {"type": "integer", "description": "Seconds for which the token is good."},
        "scope": {"type": "string", "description": "The scopes granted, with spaces between them."},
    },
}

_FORM = {
    "type": "object",
    "required": ["grant_type"],
    "properties": {
        "grant_type": {"type": "string", "enum": ["client_credentials"]},
        "scope": {"type": "string", "description": "Wanted scopes with spaces between them; absent: all that are registered."},
        "client_id": {"type": "string", "description": "Absent with HTTP Basic."},
        "client_secret": {"type": "string", "description": "Absent with HTTP Basic."},
    },
}

TOKEN: dict[str, Any] = {
    "operation_id": "create_token",
    "summary": "Get an access token",
    "description": (
        "The client credentials grant (RFC 6749 section 4.4). Authenticate by HTTP Basic or with client_id and client_secret "
        "in the form, not both. Unknown and unregistered scopes are dropped; scope in the answer says what was granted."
    ),
    "responses": {
        200: _answer(
            "The token.",
            {"access_token": "eyJ…", "token_type": "Bearer", "expires_in": 3600, "scope": "directory:read scores:read"},
            _GRANTED,
        ),
        400: _answer(
            "Malformed, or asks for what is not offered: invalid_request, unsupported_grant_type, invalid_scope.",
            {"error": "invalid_scope", "error_description": "The requested scope is invalid, unknown, or malformed."},
            _REFUSAL,
        ),
        401: _answer("The client is not known by this secret.", {"error": "invalid_client"}, _REFUSAL),
        429: _answer("Too many requests from this address.", {"error": "temporarily_unavailable"}, _REFUSAL),
        503: _answer("Not now; later.", {"error": "temporarily_unavailable"}, _REFUSAL),
    },
    "openapi_extra": {
        "requestBody": {
            "required": True,
            "content": {
                "application/x-www-form-urlencoded": {
                    "schema": _FORM,
                    "example": {"grant_type": "client_credentials", "scope": "directory:read scores:read"},
                }
            },
        },
        "security": [],
    },
}

JWKS: dict[str, Any] = {
    "operation_id": "get_jwks",
    "summary": "Public keys of access tokens",
    "description": "A JWK set (RFC 7517): every key that access tokens in use may have been signed with.",
    "responses": {200: _answer("The keys.", {"keys": [{"kty": "EC", "crv": "P-256", "kid": "…", "x": "…", "y": "…"}]})},
    "openapi_extra": {"security": []},
}

SERVER: dict[str, Any] = {
    "operation_id": "get_authorization_server",
    "summary": "What the authorization server offers",
    "description": "Authorization server metadata (RFC 8414).",
    "responses": {200: _answer("The metadata.", {"issuer": _EXAMPLE, "token_endpoint": f"{_EXAMPLE}/oauth/token"})},
    "openapi_extra": {"security": []},
}

RESOURCE: dict[str, Any] = {
    "operation_id": "get_protected_resource",
    "summary": "Who issues tokens for this API",
    "description": "Protected resource metadata (RFC 9728); a 401 names this address in WWW-Authenticate.",
    "responses": {200: _answer("The metadata.", {"resource": f"{_EXAMPLE}/v1", "authorization_servers": [_EXAMPLE]})},
    "openapi_extra": {"security": []},
}
