"""Clients that talk to us: what a client is, and the scopes it may hold."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any

from domain.directory.redirect_uris import ClientKind, redirect_uri_matches
from domain.shared.context import Scope
from domain.shared.errors import Code, Invalid
from domain.shared.ids import DistrictId

NATIVE_CLIENT_ID = "evenkeel-native"
"""The one app that every installation has from the start: an app from a store needs no registration. It keeps no secret."""

BUILT_IN = frozenset({NATIVE_CLIENT_ID})
"""Apps that come with the installation: nobody chose their scopes, so a token holds only those that the person can use."""

NATIVE_REDIRECT_URIS = ("http://127.0.0.1/callback", "http://[::1]/callback")
"""Where it is answered, at any port (RFC 8252 section 7.3)."""

PARTNER_SCOPES = frozenset({Scope.DIRECTORY_READ, Scope.OBSERVATIONS_READ, Scope.OBSERVATIONS_WRITE, Scope.ASSESSMENTS_WRITE})
"""What a partner's client has by default (openapi/README.md 10.2): it pushes evidence and reads its own."""

OFFLINE_ACCESS = "offline_access"
IDENTITY_SCOPES = frozenset({"openid", "profile", "email"})
"""What an app may always ask a person for beside its scopes: who they are (OpenID Connect Core section 5.4)."""


class AuthMethod(StrEnum):
    """How a client proves at the token endpoint that it is itself (RFC 7591 section 2); a secret may go either way."""

    BASIC = "client_secret_basic"
    POST = "client_secret_post"
    KEY = "private_key_jwt"
    NONE = "none"


class GrantType(StrEnum):
    """How a client gets tokens."""

    CLIENT_CREDENTIALS = "client_credentials"
    AUTHORIZATION_CODE = "authorization_code"
    REFRESH_TOKEN = "refresh_token"  # noqa: S105 - a grant's name


SECRET_METHODS = frozenset({AuthMethod.BASIC, AuthMethod.POST})
MACHINE_GRANTS = (GrantType.CLIENT_CREDENTIALS,)
PEOPLE_GRANTS = (GrantType.AUTHORIZATION_CODE, GrantType.REFRESH_TOKEN)


@dataclass(frozen=True, kw_only=True)
class RegisteredClient:
    """A client as it is registered: found by its id before anybody knows the district.

    ``secret_sha256`` is the SHA-256 of a secret of 256 random bits: nothing slower is needed, as nothing can be guessed; None
    without a secret. ``jwks`` holds the public keys that sign its assertions, or ``jwks_uri`` says where they are. A machine
    has exactly one of ``districts``. ``evaluates``: used by evaluating staff, so formative evidence never reaches it.
    ``registration_sha256`` is that of the token it manages its registration with, where it registered itself.
    """

    client_id: str
    name: str
    origin: str
    secret_sha256: bytes | None
    scopes: frozenset[str]
    revoked_at: datetime | None
    districts: tuple[DistrictId, ...]
    kind: ClientKind = ClientKind.MACHINE
    auth_method: AuthMethod = AuthMethod.BASIC
    grant_types: tuple[GrantType, ...] = MACHINE_GRANTS
    redirect_uris: tuple[str, ...] = ()
    jwks: Mapping[str, Any] | None = None
    jwks_uri: str | None = None
    cors_origins: tuple[str, ...] = ()
    evaluates: bool = False
    registration_sha256: bytes | None = None

    def __repr__(self) -> str:
        # Ends up in logs of libraries: not the digest.
        return f"RegisteredClient({self.client_id})"

    @property
    def home_district(self) -> DistrictId | None:
        """A machine's one district; None for what serves people, and for a machine that was given none or several."""
        return self.districts[0] if self.kind is ClientKind.MACHINE and len(self.districts) == 1 else None

    @property
    def grantable_scopes(self) -> frozenset[str]:
        """Every scope that may stand in a token of this client."""
        if self.kind is ClientKind.MACHINE:
            return self.scopes
        offline = {OFFLINE_ACCESS} if GrantType.REFRESH_TOKEN in self.grant_types else frozenset[str]()
        return self.scopes | IDENTITY_SCOPES | offline

    @property
    def description_sha256(self) -> bytes:
        """A digest of what people judge when they let the client in: its name, where it sends them, and what it is for."""
        described = [self.name, self.kind, sorted(self.redirect_uris), sorted(self.cors_origins), self.evaluates]
        return sha256(json.dumps(described).encode()).digest()

    def allows_redirect_uri(self, uri: str) -> bool:
        """Whether answers may be sent to ``uri``."""
        return any(redirect_uri_matches(uri, registered, self.kind) for registered in self.redirect_uris)


@dataclass(frozen=True, kw_only=True)
class EncryptedSigningKey:
    """A signing key as it is kept: encrypted, with the moment from which it signs no more."""

    kid: str
    sealed: bytes
    created_at: datetime
    retired_at: datetime | None


def parse_scopes(names: Iterable[str]) -> tuple[Scope, ...]:
    """The scopes that ``names`` mean, each once, in our order; ``observations:*`` stands for all that begin so.

    Refuses (``Invalid`` at ``/scopes``) what names none, and no names at all.
    """
    wanted: set[Scope] = set()
    for name in names:
        fits = {s for s in Scope if s == name or (name.endswith(":*") and s.startswith(name[:-1]))}
        if not fits:
            known = ", ".join(Scope)
            raise Invalid.at("/scopes", Code.NOT_ALLOWED, f"there is no scope {name[:40]!r}; choose from {known}")
        wanted |= fits
    if not wanted:
        raise Invalid.at("/scopes", Code.EMPTY, "a client without scopes can do nothing; name at least one")
    return tuple(s for s in Scope if s in wanted)
