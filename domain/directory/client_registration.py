"""What a client may be registered as: its kind, how it proves itself, and where it is answered, seen together."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from domain.directory.oauth_clients import MACHINE_GRANTS, PEOPLE_GRANTS, SECRETS, AuthMethod, GrantType
from domain.directory.redirect_uris import HTTPS, LONGEST, ORIGIN, ClientKind, may_be_registered
from domain.shared.errors import Code, FieldError, Invalid

MOST = 20
"""Redirect URIs, origins and keys of one client."""
KEY_KINDS = frozenset({"EC", "RSA", "OKP"})
SECRET_MEMBERS = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
"""Members of a JWK that only its holder may have (RFC 7518 section 6)."""

METHODS: Mapping[ClientKind, frozenset[AuthMethod]] = {
    ClientKind.MACHINE: SECRETS | {AuthMethod.KEY},
    ClientKind.WEB: SECRETS | {AuthMethod.KEY},
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


def grants_of(kind: ClientKind) -> tuple[GrantType, ...]:
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
        *_method_faults(kind, auth_method, jwks, jwks_uri),
        *_redirect_faults(kind, redirect_uris),
        *_origin_faults(kind, cors_origins),
    ]
    if found:
        raise Invalid.of(found)


def _method_faults(
    kind: ClientKind, auth_method: AuthMethod, jwks: Mapping[str, Any] | None, jwks_uri: str | None
) -> Iterator[FieldError]:
    if auth_method not in METHODS[kind]:
        known = ", ".join(sorted(METHODS[kind]))
        yield _fault("/auth_method", Code.NOT_ALLOWED, f"a {kind.value} client proves itself by one of: {known}")
    if jwks is not None and jwks_uri is not None:
        yield _fault("/jwks_uri", Code.NOT_ALLOWED, "give the keys themselves or where they are, not both")
    elif (auth_method is AuthMethod.KEY) != (jwks is not None or jwks_uri is not None):
        yield _fault(
            "/jwks", Code.INVALID, "give a JWK set with public keys, or its jwks_uri, for private_key_jwt and for nothing else"
        )
    if jwks is not None:
        yield from jwks_faults(jwks)
    if jwks_uri is not None and (len(jwks_uri) > LONGEST or not HTTPS.fullmatch(jwks_uri)):
        yield _fault("/jwks_uri", Code.MALFORMED, "an https address without user and fragment")


def jwks_faults(jwks: Mapping[str, Any]) -> Iterator[FieldError]:
    """What is wrong with a set of keys that is to prove who a client is."""
    keys = jwks.get("keys")
    if not isinstance(keys, list | tuple) or not 1 <= len(keys) <= MOST:
        yield _fault("/jwks/keys", Code.MALFORMED, f"a list of 1 to {MOST} keys")
        return
    for place, key in enumerate(keys):
        if not isinstance(key, Mapping) or key.get("kty") not in KEY_KINDS:
            yield _fault(f"/jwks/keys/{place}", Code.MALFORMED, "a public key of the kty EC, RSA or OKP")
        elif SECRET_MEMBERS & key.keys():
            yield _fault(f"/jwks/keys/{place}", Code.NOT_ALLOWED, "this is a private key: make a new one, send its public half")


def _redirect_faults(kind: ClientKind, uris: tuple[str, ...]) -> Iterator[FieldError]:
    if kind is ClientKind.MACHINE and uris:
        yield _fault("/redirect_uris", Code.NOT_ALLOWED, "a machine signs nobody in, so there is nowhere to send anybody")
    elif kind is not ClientKind.MACHINE and not 1 <= len(uris) <= MOST:
        yield _fault("/redirect_uris", Code.EMPTY, f"1 to {MOST} addresses that answers may be sent to")
    else:
        for place, uri in enumerate(uris):
            if not may_be_registered(uri, kind):
                yield _fault(f"/redirect_uris/{place}", Code.MALFORMED, _remedy(kind))


def _remedy(kind: ClientKind) -> str:
    private = (
        ", or a scheme that is a domain of yours backwards, as in org.example.app:/back" if kind is ClientKind.NATIVE else ""
    )
    return f"an https address without user and fragment, http://127.0.0.1 or http://[::1]{private}"


def _origin_faults(kind: ClientKind, origins: Iterable[str]) -> Iterator[FieldError]:
    listed = tuple(origins)
    if listed and kind is not ClientKind.BROWSER:
        yield _fault("/cors_origins", Code.NOT_ALLOWED, "only an application in a browser calls from another origin")
    elif len(listed) > MOST:
        yield _fault("/cors_origins", Code.TOO_LONG, f"at most {MOST}")
    else:
        for place, origin in enumerate(listed):
            if not ORIGIN.fullmatch(origin):
                yield _fault(
                    f"/cors_origins/{place}", Code.MALFORMED, "scheme, host and port alone, as in https://app.example.org"
                )


def _fault(pointer: str, code: Code, detail: str) -> FieldError:
    return FieldError(pointer=pointer, code=code, detail=detail)
