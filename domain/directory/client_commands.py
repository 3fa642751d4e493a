"""What is said to register a district or a client, and what is shown of them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from annotated_types import MaxLen

from domain.directory.client_registration import DEFAULT_METHOD, check_registration
from domain.directory.district_lookup import AddressKind, check_address
from domain.directory.oauth_clients import AuthMethod, parse_scopes
from domain.directory.redirect_uris import ClientKind
from domain.directory.school_years import SchoolYear
from domain.shared.errors import Code, Invalid
from domain.shared.fields import Examples
from domain.shared.ids import DistrictId

ORIGIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


@dataclass(frozen=True, kw_only=True)
class CreateDistrict:
    """A new tenant."""

    name: Annotated[str, MaxLen(200), Examples("Grand Bend")]
    """What people call the district."""
    time_zone: Annotated[str, MaxLen(64), Examples("America/Chicago")]
    """Its IANA time zone."""
    slug: Annotated[str, MaxLen(40), Examples("grand-bend")] | None = None
    """By what its people find it when they sign in."""

    def __post_init__(self) -> None:
        _check_name(self.name)
        if self.slug is not None:
            check_address(AddressKind.SLUG, self.slug)
        if not is_time_zone(self.time_zone):
            raise Invalid.at("/time_zone", Code.NOT_ALLOWED, "give a zone by its IANA name, as in America/Chicago or UTC")


@dataclass(frozen=True, kw_only=True)
class CreateClient:
    """A machine that may act for the operator's district, or an app that people of it may sign in with."""

    name: Annotated[str, MaxLen(200), Examples("Walkthroughs")]
    """What people call the client."""
    origin: Annotated[str, MaxLen(64), Examples("walkthroughs")]
    """The pushing system; outlives its clients, as identities of pushes belong to it."""
    scopes: Annotated[tuple[str, ...], Examples(["directory:read", "observations:*"])]
    """What the client may ask for; observations:* stands for all that begin so."""
    kind: ClientKind = ClientKind.MACHINE
    """What the client is."""
    auth_method: AuthMethod | None = None
    """How it proves itself; null: by a secret, or by nothing where none can be kept."""
    redirect_uris: tuple[str, ...] = ()
    """Where answers may be sent, each whole."""
    jwks: Mapping[str, Any] | None = None
    """Its public keys, a JWK set."""
    jwks_uri: Annotated[str, MaxLen(500)] | None = None
    """Where its public keys are, in the place of jwks."""
    cors_origins: tuple[str, ...] = ()
    """Where its pages come from."""
    evaluates: bool = False
    """Whether evaluating staff use it."""

    def __post_init__(self) -> None:
        _check_name(self.name)
        if self.auth_method is None:
            method = AuthMethod.KEY if self.jwks is not None or self.jwks_uri is not None else DEFAULT_METHOD[self.kind]
            object.__setattr__(self, "auth_method", method)
        if not ORIGIN.fullmatch(self.origin):
            raise Invalid.at(
                "/origin",
                Code.MALFORMED,
                "1 to 64 letters, digits, dots, hyphens or underscores, beginning with a letter or digit",
            )
        object.__setattr__(self, "scopes", tuple(s.value for s in parse_scopes(self.scopes)))
        check_registration(
            kind=self.kind,
            auth_method=self.auth_method or DEFAULT_METHOD[self.kind],
            redirect_uris=self.redirect_uris,
            jwks=self.jwks,
            jwks_uri=self.jwks_uri,
            cors_origins=self.cors_origins,
        )


@dataclass(frozen=True, kw_only=True)
class RevokeClient:
    """Take a client's access away, for good."""

    client_id: Annotated[str, MaxLen(64)]
    """The id of the client."""


@dataclass(frozen=True, kw_only=True)
class RenewClientSecret:
    """Give a client another secret: the one before was lost or told to somebody, or its district was brought from elsewhere."""

    client_id: Annotated[str, MaxLen(64)]
    """The id of the client."""


@dataclass(frozen=True, kw_only=True)
class EnableClient:
    """Let an app that several districts may use into the operator's district."""

    client_id: Annotated[str, MaxLen(64)]
    """The id of the client."""


@dataclass(frozen=True, kw_only=True)
class DisableClient:
    """Let such an app into the operator's district no more; other districts keep it."""

    client_id: Annotated[str, MaxLen(64)]
    """The id of the client."""


@dataclass(frozen=True, kw_only=True)
class ReadDistrict:
    """Ask for the actor's own district."""


@dataclass(frozen=True, kw_only=True)
class DistrictView:
    """A district."""

    id: DistrictId
    """The district's id."""
    name: Annotated[str, Examples("Grand Bend")]
    """What people call the district."""
    time_zone: Annotated[str, Examples("America/Chicago")]
    """Its IANA time zone."""


@dataclass(frozen=True, kw_only=True)
class CurrentDistrictView(DistrictView):
    """The district that a token is of, and where it stands in its year."""

    school_year: SchoolYear
    """That of today: the roster's, or from 1 July."""


@dataclass(frozen=True, kw_only=True)
class ClientView:
    """A client, without its secret."""

    client_id: str
    """What the client calls itself at the token endpoint."""
    name: str
    """What people call the client."""
    origin: str
    """The pushing system it belongs to."""
    scopes: tuple[str, ...]
    """What it may ask for."""
    kind: ClientKind
    """What it is."""
    auth_method: AuthMethod
    """How it proves itself."""
    redirect_uris: tuple[str, ...]
    """Where answers may be sent."""
    evaluates: bool
    """Whether evaluating staff use it."""
    created_at: datetime
    """When it was registered."""
    revoked_at: datetime | None
    """Since when it is refused, null while it is let in."""


@dataclass(frozen=True, kw_only=True)
class NewClientView:
    """A client with its new secret: shown now and never again; null where it proves itself otherwise."""

    client: ClientView
    """The client."""
    client_secret: str | None = field(repr=False)
    """Its secret; keep it safe, it can't be shown again."""


def is_time_zone(name: str) -> bool:
    """Whether ``name`` is an IANA zone: an area with a place, or UTC."""
    if name == "UTC":
        return True
    # posix/… and right/… are files beside the zones; a name without an area is a relic or the machine's own.
    if "/" not in name or name.startswith(("posix/", "right/")):
        return False
    try:
        ZoneInfo(name)
    except (OSError, ValueError, KeyError):
        return False
    return True


def _check_name(name: str) -> None:
    if not name.strip() or not name.isprintable():
        raise Invalid.at("/name", Code.EMPTY, "give a name that people can read")
    if len(name) > 200:
        raise Invalid.at("/name", Code.TOO_LONG, "at most 200 characters")
