"""Parse requests for Authlib's grants, with checks that they lack: size, characters, repeated parameters."""

import base64
import binascii
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import unquote

from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import InvalidRequestError, InvalidScopeError, OAuth2Payload, OAuth2Request
from authlib.oauth2.rfc6749.errors import InvalidClientError as AuthlibInvalidClient
from starlette.requests import ClientDisconnect, Request

from api.oauth.client_jwks import FetchedJwks
from api.web import forms
from domain.shared.context import Actor

MAX_BODY_BYTES = 16384
MAX_QUERY_BYTES = 8192
MAX_PARAMETERS = 32
TOKEN_PARAMETERS = frozenset(
    "grant_type scope client_id client_secret client_assertion client_assertion_type "
    "code redirect_uri code_verifier refresh_token token token_type_hint".split()
)
"""Known parameters of the token, revocation and introspection endpoints; others are ignored (RFC 6749 section 3.2)."""
AUTHORIZATION_PARAMETERS = frozenset(
    "response_type client_id redirect_uri scope state code_challenge code_challenge_method nonce "
    "prompt max_age login_hint ui_locales response_mode request request_uri district signed_after".split()
)
"""Known parameters of the authorization endpoint; `district` and `signed_after` are our own."""

VSCHAR = re.compile(r"[\x20-\x7e]*")
# Authlib puts these into error texts, where fewer characters are allowed.
ECHOED = re.compile(r"[A-Za-z0-9._~:/+-]*")
URI = re.compile(r"[A-Za-z0-9._~:/?\[\]@!$&'()*+,;=%-]*")
PARAMETER_CHARACTERS = {
    "grant_type": ECHOED,
    "response_type": re.compile(r"[A-Za-z_ ]*"),
    "redirect_uri": URI,
    "prompt": re.compile(r"[a-z_ ]*"),
    "max_age": re.compile(r"[0-9]{0,9}"),
    "signed_after": re.compile(r"[0-9]{0,16}"),
    "district": re.compile(r"[A-Za-z0-9._-]{0,200}"),
}

Headers = Sequence[tuple[str, str]]


class InvalidClient(AuthlibInvalidClient):
    """One error for an unknown client, a wrong secret, a revoked client and no client at all: it reveals nothing."""

    def __init__(
        self, description: str = "Client authentication failed: send client_id and client_secret by HTTP Basic or in the form."
    ) -> None:
        super().__init__(status_code=401, description=description)

    def get_headers(self) -> list[tuple[str, str]]:
        return [*OAuth2Error.get_headers(self), ("WWW-Authenticate", 'Basic realm="evenkeel", charset="UTF-8"')]


REMEDIES: Mapping[str, str] = {
    "invalid_request": "The request is malformed: look at the OpenAPI document for what this endpoint takes.",
    "invalid_grant": "The code or token is not valid: have the person sign in again.",
    "unauthorized_client": "The client is not registered for this: have it registered for the grant that it uses.",
    "unsupported_grant_type": "This grant is not offered: use authorization_code, refresh_token or client_credentials.",
    "unsupported_response_type": "This response_type is not offered: use code.",
    "invalid_scope": "None of these scopes is this client's: ask for ones that it registered, or leave scope out for all.",
    "login_required": "Nobody is signed in: send the request again without prompt=none.",
    "consent_required": "The person has not allowed this app: send the request again without prompt=none.",
    "request_not_supported": "Send the parameters themselves instead of request.",
    "request_uri_not_supported": "Send the parameters themselves instead of request_uri.",
}


UNDESCRIBED = frozenset({"unsupported_response_type", "invalid_scope"})
"""Our descriptions of errors for which Authlib has none, or one that repeats the input."""


class NoUsableScope(InvalidScopeError):
    """The person can use none of the allowed scopes."""

    def __init__(self) -> None:
        super().__init__(
            "The person's roles can use none of these scopes in this sign-in: ask for others, or have the person sign in again."
        )


def with_description(error: OAuth2Error) -> OAuth2Error:
    """Return `error` with a description that names the remedy, where Authlib has none."""
    if not error.description or (error.error in UNDESCRIBED and not isinstance(error, NoUsableScope)):
        error.description = REMEDIES.get(error.error, "The request was refused: look at the OpenAPI document.")
    return error


class JwksUnavailable(InvalidClient):
    """The client publishes its keys at a `jwks_uri`, and no key set could be fetched from there."""

    def __init__(self) -> None:
        super().__init__(
            "Client authentication failed: there is no key set at the jwks_uri of this client. It is to answer with a JWK set "
            "of public keys, over https, within 5 seconds and 64 KiB, without redirects; it is requested again in a minute."
        )


class FormPayload(OAuth2Payload):
    """The parameters of a request; an empty one counts as omitted (RFC 6749 section 3.1)."""

    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        self._data = {name: value for name, value in pairs if value}

    @property
    def data(self) -> dict[str, str]:
        return self._data

    @property
    def datalist(self) -> defaultdict[str, list[str]]:
        return defaultdict(list, {name: [value] for name, value in self._data.items()})


class AuthorizationRequest(OAuth2Request):
    """A request to the authorization endpoint; `uri` is the configured one, never from Host.

    `remembered`: the person gave consent before, and is not asked again.
    """

    remembered = False

    def __init__(self, uri: str, user_agent: str, params: Mapping[str, str]) -> None:
        super().__init__("GET", uri, headers={"User-Agent": user_agent})
        self.payload = FormPayload(params.items())

    @property
    def args(self) -> dict[str, str]:
        return dict(self.payload.data)

    @property
    def form(self) -> dict[str, str]:
        return {}


class TokenRequest(OAuth2Request):
    """A request to the token endpoint, its body read already; `uri` is the configured one, never from Host.

    `claims`: those of the token in question, if it is a valid JWT. `fetched_jwks`: the key set at the `jwks_uri` of
    the client that the assertion names. `code_used_by`: who used up an authorization code by this request, while that
    has brought no tokens.
    """

    claims: dict[str, Any] | None = None
    fetched_jwks: FetchedJwks | None = None
    code_used_by: Actor | None = None

    def __init__(self, uri: str, headers: Mapping[str, str], params: FormPayload) -> None:
        super().__init__("POST", uri, headers=dict(headers))
        self.payload = params

    @property
    def args(self) -> dict[str, str]:
        return {}

    @property
    def form(self) -> dict[str, str]:
        return dict(self.payload.data)


async def read_body(request: Request) -> bytes:
    """Return the whole body of a request to the authorization server.

    Raises `InvalidRequestError` when it has over `LONGEST_BODY` bytes, or ends before it is whole.
    """
    try:
        return await forms.read_body(request, MAX_BODY_BYTES)
    except forms.BodyTooLong:
        raise InvalidRequestError(f"The body is too long: send at most {MAX_BODY_BYTES:,} bytes.") from None
    except ClientDisconnect:
        raise InvalidRequestError("The body ended early: send it again.") from None


def parse_token_request(uri: str, headers: Headers, query: str, body: bytes, *, required: str = "grant_type") -> TokenRequest:
    """Return the request for the grants. Raises an `OAuth2Error` if it is malformed or lacks the required parameter."""
    params = parse_form(headers, query, body, TOKEN_PARAMETERS)
    if required not in params:
        raise InvalidRequestError(f"Send {required}, which is missing.")
    if "client_secret" in params and "client_assertion" in params:
        raise InvalidRequestError("Authenticate by a secret or by an assertion, not by both.")
    authorization = _single_header(headers, "authorization")
    if authorization:
        _check_one_method(_basic_client_id(authorization), params)
        params.pop("client_id", None)
    return TokenRequest(uri, {"Authorization": authorization} if authorization else {}, FormPayload(params.items()))


def parse_form(headers: Headers, query: str, body: bytes, allowed: frozenset[str]) -> dict[str, str]:
    """Return the parameters of a form. Raises an `OAuth2Error` if it is malformed."""
    if query:
        raise InvalidRequestError("Send parameters in the body, never in the URL, where secrets end up in logs.")
    if not forms.is_form(_single_header(headers, "content-type")):
        raise InvalidRequestError(f"Send the parameters as {forms.MEDIA_TYPE}.")
    return _parse_params(body, allowed)


def parse_authorization_query(query: bytes) -> dict[str, str]:
    """Return the parameters of an authorization request. Raises an `OAuth2Error` for everything malformed."""
    if len(query) > MAX_QUERY_BYTES:
        raise InvalidRequestError("The request is too long.")
    return _parse_params(query, AUTHORIZATION_PARAMETERS)


def _single_header(headers: Headers, name: str) -> str:
    """Return the value of a header that may be sent once; an empty text when it is absent."""
    found = [value for key, value in headers if key.lower() == name]
    if len(found) > 1:
        raise InvalidRequestError(f"Send the header {name} once.")
    return found[0] if found else ""


def _parse_params(body: bytes, allowed: frozenset[str]) -> dict[str, str]:
    """Return the known parameters, each at most once and with allowed characters, without empty ones."""
    try:
        pairs = forms.parse_urlencoded(body, MAX_PARAMETERS)
    except ValueError:
        raise InvalidRequestError("The body is not a form in UTF-8 with a few parameters.") from None
    params: dict[str, str] = {}
    earlier: set[str] = set()
    for name, value in pairs:
        if name not in allowed:
            continue
        if name in earlier:
            raise InvalidRequestError(f"Send {name} once.")
        earlier.add(name)
        if not PARAMETER_CHARACTERS.get(name, VSCHAR).fullmatch(value):
            raise InvalidRequestError(f"The parameter {name} has characters that are not allowed there.")
        if value:
            params[name] = value
    return params


def _basic_client_id(authorization: str) -> str:
    """Return the client_id of a well-formed Basic header. Raises `InvalidClient` for anything else."""
    scheme, _, encoded = authorization.partition(" ")
    if scheme.lower() != "basic":
        raise InvalidClient
    try:
        decoded = base64.b64decode(encoded.strip(), validate=True).decode("utf-8")
        name, colon, secret = decoded.partition(":")
        plain = [unquote(part, errors="strict") for part in (name, secret)]
    except (binascii.Error, ValueError):
        raise InvalidClient from None
    if not colon or not all(part and VSCHAR.fullmatch(part) for part in plain):
        raise InvalidClient
    return plain[0]


def _check_one_method(client_id: str, params: Mapping[str, Any]) -> None:
    """Refuse two ways of authentication at once; the same client_id in the form is no second way."""
    if "client_secret" in params or "client_assertion" in params or params.get("client_id", client_id) != client_id:
        raise InvalidRequestError("Authenticate in one way: by HTTP Basic or in the form, not both.")
