"""What is said of a district's identity providers (OpenID Connect)."""

import re
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Annotated
from urllib.parse import urlsplit

from annotated_types import MaxLen, MinLen

from domain.accounts.model import ProviderKind
from domain.accounts.provider_presets import MAIL_CLAIMS, PROVIDER_PRESETS, ROSTER_FIELDS, TENANT_PLACEHOLDER
from domain.shared.errors import Code, FieldError, Invalid
from domain.shared.fields import Examples


@dataclass(frozen=True, kw_only=True)
class FindProvider:
    """Ask for an active provider."""

    provider: str


@dataclass(frozen=True, kw_only=True)
class ListIdentityProviders:
    """Ask for the district's identity providers."""


@dataclass(frozen=True, kw_only=True)
class RemoveIdentityProvider:
    """Let nobody sign in by a provider any more."""

    code: str
    """The provider's code."""


CODE = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?")


@dataclass(frozen=True, kw_only=True)
class PutIdentityProvider:
    """Let people of the district sign in with its own provider (OpenID Connect), or change how."""

    code: Annotated[str, MaxLen(32), Examples("google")]
    """1 to 32 small letters, digits and hyphens; part of the callback's address."""
    kind: Annotated[ProviderKind, Examples("google")]
    """The profile that it follows."""
    name: Annotated[str, MinLen(1), MaxLen(100), Examples("Grand Bend Google")]
    """What people call it."""
    client_id: Annotated[str, MinLen(1), MaxLen(300), Examples("evenkeel")]
    """Our id at the provider."""
    client_secret: Annotated[str, MinLen(1), MaxLen(500), Examples("a-secret-of-the-provider")] | None = field(
        default=None, repr=False
    )
    """Our secret at the provider; never shown. Absent: the one held stays."""
    issuer: Annotated[str, MaxLen(500), Examples("https://accounts.google.com")] | None = None
    """The provider's issuer, by https (on this machine, in development, also http). Absent: that of the profile; needed
    for oidc."""
    tenants: Annotated[tuple[str, ...], MaxLen(20), Examples(["grandbend.k12.tx.us"])] = ()
    """Which of the provider's tenants are this district: hd (google), tid (entra), district (clever), TenantId
    (classlink). Needed for these four."""
    claim: Annotated[str, MinLen(1), MaxLen(100), Examples("employee_id")] | None = None
    """The claim by which a first sign-in finds its person. Absent: the profile's. Never an e-mail."""
    roster_field: Annotated[str, MaxLen(120), Examples("identifier")] | None = None
    """What it is matched with: sourced_id, identifier, username, or user_id: and a type of the roster's userIds. Absent:
    the profile's."""
    exclusive: bool = False
    """Whether passwords are for break-glass accounts alone."""
    active: bool = True
    """Whether it is offered."""
    expected_version: Annotated[int, Examples(1)] | None = None
    """The version this replaces; absent only where nothing is held yet."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "tenants", tuple(self.tenants))
        faults = [
            fault
            for fault in (
                self._code_error(),
                self._issuer_error(),
                self._tenants_error(),
                self._claim_error(),
                self._roster_field_error(),
            )
            if fault
        ]
        if faults:
            raise Invalid.of(faults)

    def _code_error(self) -> FieldError | None:
        if CODE.fullmatch(self.code):
            return None
        return FieldError(pointer="/code", code=Code.MALFORMED, detail="1 to 32 small letters, digits and hyphens")

    def _issuer_error(self) -> FieldError | None:
        issuer = self.issuer or PROVIDER_PRESETS[self.kind].issuer
        if issuer is None:
            return FieldError(pointer="/issuer", code=Code.MISSING, detail="name the issuer, as in https://login.example.org")
        # Whether this machine is asked at all, a setting for development says where it is asked.
        if is_issuer(issuer, loopback=True):
            return None
        detail = "an https URL without user, query or fragment, as in https://login.example.org"
        return FieldError(pointer="/issuer", code=Code.MALFORMED, detail=detail)

    def _tenants_error(self) -> FieldError | None:
        profile = PROVIDER_PRESETS[self.kind]
        if profile.tenant_needed and not self.tenants:
            detail = f"name the district's tenants by {profile.tenant_claim}: this provider serves everybody"
            return FieldError(pointer="/tenants", code=Code.MISSING, detail=detail)
        if all(re.fullmatch(r"[\w.-]{1,200}", tenant, re.ASCII) for tenant in self.tenants):
            return None
        return FieldError(pointer="/tenants", code=Code.MALFORMED, detail="letters, digits, dots, hyphens and underscores only")

    def _claim_error(self) -> FieldError | None:
        if self.claim is None or self.claim.casefold() not in MAIL_CLAIMS:
            return None
        detail = "an address in a token proves nothing (whoever runs a tenant writes it): use an id, as in oid or employee_id"
        return FieldError(pointer="/claim", code=Code.NOT_ALLOWED, detail=detail)

    def _roster_field_error(self) -> FieldError | None:
        wanted = self.roster_field
        if wanted is None or wanted in ROSTER_FIELDS or (wanted.startswith("user_id:") and len(wanted) > len("user_id:")):
            return None
        detail = f"one of {', '.join(ROSTER_FIELDS)}, or user_id: and a type"
        return FieldError(pointer="/roster_field", code=Code.NOT_ALLOWED, detail=detail)


def is_loopback(host: str) -> bool:
    """Whether ``host`` is this machine, whatever names are resolved to."""
    try:
        return host == "localhost" or ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def is_issuer(issuer: str, *, loopback: bool = False) -> bool:
    """Whether ``issuer`` is an https URL and nothing besides; a place for the tenant may stand in its path.

    ``loopback``: http does for this machine, and for no other.
    """
    try:
        parts = urlsplit(issuer.replace(TENANT_PLACEHOLDER, "tenant"))
        port = parts.port
    except ValueError:
        return False
    plain = parts.username is None and not parts.query and not parts.fragment and "\\" not in issuer and issuer.isprintable()
    named = bool(parts.hostname) and TENANT_PLACEHOLDER not in issuer.split("/")[2] and " " not in issuer
    private = parts.scheme == "https" or (loopback and parts.scheme == "http" and is_loopback(parts.hostname or ""))
    return private and plain and named and port != 0
