"""Accounts, codes, sessions and identity providers, as they are held."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from domain.shared.ids import PersonId


class CodePurpose(StrEnum):
    """What a one-time code is good for: to choose user name and password, or a new password alone."""

    ENROL = "enrol"
    RESET = "reset"


class LoginStage(StrEnum):
    """How far a browser got: the first factor alone, or all that is asked of this person."""

    FIRST_FACTOR = "first_factor"
    SIGNED_IN = "signed_in"


class ProviderKind(StrEnum):
    """A profile of identity providers; ``oidc`` is any that keeps to the standard."""

    GOOGLE = "google"
    ENTRA = "entra"
    CLEVER = "clever"
    CLASSLINK = "classlink"
    OIDC = "oidc"


PASSWORD = "pwd"  # noqa: S105 - the name of a method (RFC 8176)
ONE_TIME_CODE = "otp"
RECOVERY_CODE = "kba"
FEDERATED = "fed"


@dataclass(frozen=True, kw_only=True)
class Account:
    """A person and how they sign in. ``present``: in the roster, enabled there, and not deactivated here.

    ``names``: every name and user name that the roster has of them.
    """

    person_id: PersonId
    name: str
    email: str | None
    present: bool
    username: str | None = None
    password_hash: str | None = field(default=None, repr=False)
    break_glass: bool = False
    deactivated_at: datetime | None = None
    totp_sealed: bytes | None = field(default=None, repr=False)
    totp_confirmed_at: datetime | None = None
    totp_last_step: int | None = None
    names: tuple[str, ...] = ()

    @property
    def has_second_factor(self) -> bool:
        """Whether an authenticator app was enrolled and proved."""
        return self.totp_confirmed_at is not None


@dataclass(frozen=True, kw_only=True)
class BrowserSession:
    """A browser that got as far as ``stage``; known by the digest of its cookie."""

    token_sha256: bytes = field(repr=False)
    person_id: PersonId
    stage: LoginStage
    methods: frozenset[str]
    signed_in_at: datetime
    seen_at: datetime


@dataclass(frozen=True, kw_only=True)
class IdentityLink:
    """Who a subject of an issuer is here, since when."""

    id: UUID
    issuer: str
    subject: str = field(repr=False)
    linked_at: datetime


@dataclass(frozen=True, kw_only=True)
class LoginAttempts:
    """Failures in a row for one user name or address, the last of them, and until when no other try is looked at."""

    failures: int
    last_at: datetime
    next_at: datetime


@dataclass(frozen=True, kw_only=True)
class IdentityProvider:
    """An identity provider of the district.

    ``issuer`` may hold ``{tenantid}`` (Entra). ``tenants``: which of the issuer's tenants are this district, by the claim of
    the profile. ``claim`` → ``roster_field``: by what a first sign-in finds its person. ``exclusive``: while it is active,
    local passwords are for break-glass accounts alone.
    """

    code: str
    kind: ProviderKind
    name: str
    issuer: str
    client_id: str
    secret_sealed: bytes = field(repr=False)
    tenants: tuple[str, ...]
    claim: str
    roster_field: str
    exclusive: bool
    active: bool
    version: int
