"""What a client may be registered as: its kind, how it proves itself, and where it is answered, seen together."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from domain.directory.oauth_clients import MACHINE_GRANTS, PEOPLE_GRANTS, SECRET_METHODS, AuthMethod, GrantType
from domain.directory.redirect_uris import HTTPS, MAX_URI_LENGTH, ORIGIN, ClientKind, is_registrable
from domain.shared.errors import Code, FieldError, Invalid

MAX_ENTRIES = 20
"""Redirect URIs, origins and keys of one client."""
KEY_TYPES = frozenset({"EC", "RSA", "OKP"})
SECRET_MEMBERS = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
"""Members of a JWK that only its holder may have (RFC 7518 section 6)."""

AUTH_METHODS: Mapping[ClientKind, frozenset[AuthMethod]] = {
    ClientKind.MACHINE: SECRET_METHODS | {AuthMethod.KEY},
    ClientKind.WEB: SECRET_METHODS | {AuthMethod.KEY},
    ClientKind.NATIVE: frozenset({AuthMethod.NONE}),
    ClientKind.BROWSER: frozenset({AuthMethod.NONE}),
}
"""How each kind proves itself: what runs on somebody's own device can keep no secret."""

DEFAULT_METHOD: Mapping[ClientKind, AuthMethod] = {
    ClientKind.MACHINE: AuthMethod.BASIC,
    ClientKind.WEB: AuthMethod.BASIC,
    ClientKind.NATIVE: AuthMethod.NONE,
    ClientKind.BROWSER: AuthMethod.NONE,
}


def grant_types_of(kind: ClientKind) -> tuple[GrantType, ...]:
    """How a client of ``kind`` gets tokens: a machine for itself, everything else for people."""
    return MACHINE_GRANTS if kind is ClientKind.MACHINE else PEOPLE_GRANTS


def check_registration(
    *,
    kind: ClientKind,
    auth_method: AuthMethod,
    redirect_uris: tuple[str, ...],
    jwks: Mapping[str, Any] | None,
    cors_origins: tuple[str, ...],
    jwks_uri: str | None = None,
) -> None:
    """Refuse (``Invalid``, every fault at once) what does not fit together."""
    found = [
        *_auth_method_errors(kind, auth_method, jwks, jwks_uri),
        *_redirect_uri_errors(kind, redirect_uris),
        *_cors_origin_errors(kind, cors_origins),
    ]
    if found:
        raise Invalid.of(found)


def _auth_method_errors(
    kind: ClientKind, auth_method: AuthMethod, jwks: Mapping[str, Any] | None, jwks_uri: str | None
) -> Iterator[FieldError]:
    if auth_method not in AUTH_METHODS[kind]:
        known = ", ".join(sorted(AUTH_METHODS[kind]))
        yield _error("/auth_method", Code.NOT_ALLOWED, f"a {kind.value} client proves itself by one of: {known}")
    if jwks is not None and jwks_uri is not None:
        yield _error("/jwks_uri", Code.NOT_ALLOWED, "give the keys themselves or where they are, not both")
    elif (auth_method is AuthMethod.KEY) != (jwks is not None or jwks_uri is not None):
        yield _error(
            "/jwks", Code.INVALID, "give a JWK set with public keys, or its jwks_uri, for private_key_jwt and for nothing else"
        )
    if jwks is not None:
        yield from jwks_errors(jwks)
    if jwks_uri is not None and (len(jwks_uri) > MAX_URI_LENGTH or not HTTPS.fullmatch(jwks_uri)):
        yield _error("/jwks_uri", Code.MALFORMED, "an https address without user and fragment")


def jwks_errors(jwks: Mapping[str, Any]) -> Iterator[FieldError]:
    """What is wrong with a set of keys that is to prove who a client is."""
    keys = jwks.get("keys")
    if not isinstance(keys, list | tuple) or not 1 <= len(keys) <= MAX_ENTRIES:
        yield _error("/jwks/keys", Code.MALFORMED, f"a list of 1 to {MAX_ENTRIES} keys")
        return
    for place, key in enumerate(keys):
        if not isinstance(key, Mapping) or key.get("kty") not in KEY_TYPES:
            yield _error(f"/jwks/keys/{place}", Code.MALFORMED, "a public key of the kty EC, RSA or OKP")
        elif SECRET_MEMBERS & key.keys():
            yield _error(f"/jwks/keys/{place}", Code.NOT_ALLOWED, "this is a private key: make a new one, send its public half")


def _redirect_uri_errors(kind: ClientKind, uris: tuple[str, ...]) -> Iterator[FieldError]:
    if kind is ClientKind.MACHINE and uris:
        yield _error("/redirect_uris", Code.NOT_ALLOWED, "a machine signs nobody in, so there is nowhere to send anybody")
    elif kind is not ClientKind.MACHINE and not 1 <= len(uris) <= MAX_ENTRIES:
        yield _error("/redirect_uris", Code.EMPTY, f"1 to {MAX_ENTRIES} addresses that answers may be sent to")
    else:
        for place, uri in enumerate(uris):
            if not is_registrable(uri, kind):
                yield _error(f"/redirect_uris/{place}", Code.MALFORMED, _remedy(kind))


def _remedy(kind: ClientKind) -> str:
    private = (
        ", or a scheme that is a domain of yours backwards, as in org.example.app:/back" if kind is ClientKind.NATIVE else ""
    )
    return f"an https address without user and fragment, http://127.0.0.1 or http://[::1]{private}"


def _cors_origin_errors(kind: ClientKind, origins: Iterable[str]) -> Iterator[FieldError]:
    listed = tuple(origins)
    if listed and kind is not ClientKind.BROWSER:
        yield _error("/cors_origins", Code.NOT_ALLOWED, "only an application in a browser calls from another origin")
    elif len(listed) > MAX_ENTRIES:
        yield _error("/cors_origins", Code.TOO_LONG, f"at most {MAX_ENTRIES}")
    else:
        for place, origin in enumerate(listed):
            if not ORIGIN.fullmatch(origin):
                yield _error(
                    f"/cors_origins/{place}", Code.MALFORMED, "scheme, host and port alone, as in https://app.example.org"
                )


def _error(pointer: str, code: Code, detail: str) -> FieldError:
    return FieldError(pointer=pointer, code=code, detail=detail)
