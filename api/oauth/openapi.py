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

_SECRET = {
    "client_id": {"type": "string", "description": "Absent with HTTP Basic."},
    "client_secret": {"type": "string", "description": "Absent with HTTP Basic, an assertion, or where there is none."},
    "client_assertion_type": {"type": "string", "enum": ["urn:ietf:params:oauth:client-assertion-type:jwt-bearer"]},
    "client_assertion": {"type": "string", "description": "A JWT of the client's own (RFC 7523), for private_key_jwt."},
}

_FORM = {
    "type": "object",
    "required": ["grant_type"],
    "properties": {
        "grant_type": {"type": "string", "enum": ["client_credentials", "authorization_code", "refresh_token"]},
        "scope": {
            "type": "string",
            "description": (
                "Wanted scopes with spaces between them; absent: all that are registered, or were granted. Not with a code."
            ),
        },
        "code": {"type": "string", "description": "With authorization_code."},
        "redirect_uri": {
            "type": "string",
            "description": "With authorization_code: as it was sent when the code was asked for.",
        },
        "code_verifier": {"type": "string", "description": "With authorization_code (RFC 7636)."},
        "refresh_token": {"type": "string", "description": "With refresh_token; serves once, the answer holds the next."},
        **_SECRET,
    },
}

_TOKEN_FORM = {
    "type": "object",
    "required": ["token"],
    "properties": {
        "token": {"type": "string", "description": "The token in question."},
        "token_type_hint": {"type": "string", "description": "Not needed."},
        **_SECRET,
    },
}


def _form(schema: dict[str, Any], example: dict[str, Any]) -> dict[str, Any]:
    content = {"application/x-www-form-urlencoded": {"schema": schema, "example": example}}
    return {"requestBody": {"required": True, "content": content}, "security": []}


_NOT_THE_CLIENT = _answer("The client did not prove that it is itself.", {"error": "invalid_client"}, _REFUSAL)
_MALFORMED = _answer("Malformed.", {"error": "invalid_request"}, _REFUSAL)
TOO_MANY = _answer(
    "Too many requests from this address; Retry-After says when.", {"error": "temporarily_unavailable"}, _REFUSAL
)
_LATER = _answer("Not now; later.", {"error": "temporarily_unavailable"}, _REFUSAL)

TOKEN: dict[str, Any] = {
    "operation_id": "create_token",
    "summary": "Get an access token",
    "description": (
        "For a machine the client credentials grant (RFC 6749 section 4.4); for people a code with its verifier, then the "
        "refresh token of each answer, once. Authenticate in one way alone: by HTTP Basic, in the form, or by an assertion. "
        "Unknown and unregistered scopes are dropped; scope in the answer says what was granted. A refresh token whose answer "
        "was lost gives the same again for 60 seconds, unless somebody went on with the next; used later it ends the whole "
        "sign-in on that device. It serves for 30 days after its last use, and 180 in all."
    ),
    "responses": {
        200: _answer(
            "The token.",
            {"access_token": "eyJ…", "token_type": "Bearer", "expires_in": 3600, "scope": "directory:read scores:read"},
            _GRANTED,
        ),
        400: _answer(
            "Malformed, used up, or not offered: invalid_request, invalid_grant, unsupported_grant_type, invalid_scope.",
            {
                "error": "invalid_scope",
                "error_description": "None of these scopes is this client's: ask for ones that it registered.",
            },
            _REFUSAL,
        ),
        401: _answer("The client is not known by this secret.", {"error": "invalid_client"}, _REFUSAL),
        503: _answer("Not now; later.", {"error": "temporarily_unavailable"}, _REFUSAL),
    },
    "openapi_extra": _form(_FORM, {"grant_type": "client_credentials", "scope": "directory:read scores:read"}),
}

REVOKE: dict[str, Any] = {
    "operation_id": "revoke_token",
    "summary": "Give a token back",
    "description": (
        "RFC 7009. A refresh token, or an access token of a person, ends the whole sign-in on that device at once. A token "
        "that is not known or already over is answered alike."
    ),
    "responses": {
        200: _answer("It is good for nothing now.", {}),
        400: _MALFORMED,
        401: _NOT_THE_CLIENT,
        503: _LATER,
    },
    "openapi_extra": _form(_TOKEN_FORM, {"token": "evkr_…"}),
}

INTROSPECT: dict[str, Any] = {
    "operation_id": "introspect_token",
    "summary": "What a token is good for",
    "description": (
        "RFC 7662, for clients that can keep a secret, about tokens of their own district. Any other token is not active."
    ),
    "responses": {
        200: _answer("What it is good for now.", {"active": False}),
        400: _MALFORMED,
        401: _NOT_THE_CLIENT,
        503: _LATER,
    },
    "openapi_extra": _form(_TOKEN_FORM, {"token": "eyJ…"}),
}

_ASKED = {
    "response_type": (True, "code, always."),
    "client_id": (True, "Of a client for people; GET /v1 names the app that comes with the installation."),
    "redirect_uri": (True, "One that is registered, whole; for a native app on 127.0.0.1 or [::1] with any port."),
    "code_challenge": (True, "RFC 7636."),
    "code_challenge_method": (True, "S256, always."),
    "scope": (False, "Wanted scopes with spaces between them; absent: all that are registered. offline_access for refreshing."),
    "state": (False, "Comes back as it is."),
    "nonce": (False, "Comes back in the ID token."),
    "prompt": (False, "none, login, consent or select_account."),
    "max_age": (False, "Seconds that the sign-in may be old."),
    "login_hint": (False, "Whom the sign-in page should expect."),
    "district": (False, "The district's short name, where it is known."),
    "ui_locales": (False, "en or es."),
}

AUTHORIZE: dict[str, Any] = {
    "operation_id": "authorize",
    "summary": "Ask a person to let an app in",
    "description": (
        "For browsers. The answer goes to redirect_uri with code, state and iss (RFC 9207), errors too; where redirect_uri is "
        "not known to be the client's, a page says so and nobody is sent anywhere."
    ),
    "responses": {
        200: {"description": "The page that asks.", "content": {"text/html": {"schema": {"type": "string"}}}},
        303: {"description": "To the app, or to sign in first."},
        400: {
            "description": "A page that says why it does not go on.",
            "content": {"text/html": {"schema": {"type": "string"}}},
        },
    },
    "openapi_extra": {
        "parameters": [
            {"name": name, "in": "query", "required": needed, "description": said, "schema": {"type": "string"}}
            for name, (needed, said) in _ASKED.items()
        ],
        "security": [],
    },
}

REGISTER: dict[str, Any] = {
    "operation_id": "register_client",
    "summary": "Register a client by itself",
    "description": (
        "RFC 7591, with an initial access token that a district's administrator made: the client is that district's, with no "
        "more than the scopes the token allows. registration_client_uri of the answer reads, replaces (PUT) and ends (DELETE) "
        "it (RFC 7592). Keys for private_key_jwt are sent as jwks, or "
        "fetched from jwks_uri: https alone, of the open internet, without redirects, and believed for five minutes."
    ),
    "responses": {
        201: _answer("The client, with its secret where it has one.", {"client_id": "…", "registration_access_token": "…"}),
        400: _answer(
            "Not taken: invalid_client_metadata or invalid_redirect_uri.", {"error": "invalid_redirect_uri"}, _REFUSAL
        ),
        401: _answer("The token does not serve.", {"error": "invalid_token"}, _REFUSAL),
        503: _LATER,
    },
    "openapi_extra": {
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {
                    "schema": {"type": "object"},
                    "example": {
                        "client_name": "Walks",
                        "redirect_uris": ["https://walks.example.org/back"],
                        "scope": "directory:read",
                    },
                }
            },
        },
        "security": [],
    },
}

USERINFO: dict[str, Any] = {
    "operation_id": "get_userinfo",
    "summary": "Who the person is",
    "description": "OpenID Connect Core section 5.3; names with the scope profile, e-mail with email where held.",
    "responses": {200: _answer("The person.", {"sub": "01a196fb-1600-7038-9aaf-54a7b2a833c6", "name": "Ada Lovelace"})},
    "openapi_extra": {"security": [{"oauth2": []}]},
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

PROVIDER: dict[str, Any] = {
    "operation_id": "get_openid_configuration",
    "summary": "What the OpenID provider offers",
    "description": "OpenID Connect Discovery.",
    "responses": {200: _answer("The metadata.", {"issuer": _EXAMPLE, "userinfo_endpoint": f"{_EXAMPLE}/oauth/userinfo"})},
    "openapi_extra": {"security": []},
}

RESOURCE: dict[str, Any] = {
    "operation_id": "get_protected_resource",
    "summary": "Who issues tokens for this API",
    "description": "Protected resource metadata (RFC 9728); a 401 names this address in WWW-Authenticate.",
    "responses": {200: _answer("The metadata.", {"resource": f"{_EXAMPLE}/v1", "authorization_servers": [_EXAMPLE]})},
    "openapi_extra": {"security": []},
}
