"""What is shown of accounts and identity providers: never a secret that is kept, nor its hash."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated
from uuid import UUID

from domain.accounts.model import LoginStage, ProviderKind
from domain.shared.fields import Examples
from domain.shared.ids import PersonId


@dataclass(frozen=True, kw_only=True)
class IdentityLinkView:
    """A provider's subject that is a person here. It comes back by itself at the person's next sign-in there.

    That is so for as long as the roster finds the person by the provider's claim.
    """

    id: UUID
    """The link's id."""
    provider: str | None
    """The provider's code; null where none of the district has the issuer."""
    issuer: str
    """Who vouches for the subject."""
    subject_ends: Annotated[str, Examples("9f2c")]
    """The subject's last four characters, of one longer than eight; else empty."""
    linked_at: datetime
    """When the person first signed in so."""


@dataclass(frozen=True, kw_only=True)
class AccountView:
    """How a person signs in."""

    person_id: PersonId
    """The person."""
    username: str | None
    """The local user name; null without one."""
    has_password: bool
    """Whether a password was chosen."""
    has_second_factor: bool
    """Whether an authenticator app was enrolled."""
    break_glass: bool
    """Whether a password does where the provider is the only way in."""
    deactivated_at: datetime | None
    """Since when an admin lets them in no more; null: they may."""
    may_sign_in: bool
    """In the roster, enabled there, and not deactivated here."""
    links: tuple[IdentityLinkView, ...]
    """Subjects of providers that are this person, the oldest first."""


@dataclass(frozen=True, kw_only=True)
class SignInCodeView:
    """A one-time code, shown now and never again."""

    person_id: PersonId
    """Whose it is."""
    code: Annotated[str, Examples("7KQM-2XWD-9HPA-R4TE")] = field(repr=False)
    """To print and hand over."""
    sign_in_path: str | None
    """The page that takes it; null while the district has no slug."""
    expires_at: datetime
    """Until when it is good, once."""


@dataclass(frozen=True, kw_only=True)
class IdentityProviderView:
    """An identity provider, without its secret."""

    audit_id: UUID
    """What the audit trail calls it; the same for the same code at any time."""
    code: str
    """What it is called in addresses."""
    kind: ProviderKind
    """The profile that it follows."""
    name: str
    """What people call it."""
    issuer: str
    """Its issuer; {tenantid} stands for the tenant."""
    client_id: str
    """Our id there."""
    tenants: tuple[str, ...]
    """Its tenants that are this district."""
    claim: str
    """The claim by which a first sign-in finds its person."""
    roster_field: str
    """What the claim is matched with."""
    exclusive: bool
    """Whether passwords are for break-glass accounts alone."""
    active: bool
    """Whether it is offered."""
    callback_path: str | None
    """The redirect URI to register there, after our address; null while the district has no slug."""
    backchannel_logout_path: str | None
    """What to register there as backchannel_logout_uri, after our address: where it tells that somebody's sign-ins end
    (OpenID Connect Back-Channel Logout); null while the district has no slug."""
    version: int
    """Rises with each change."""


@dataclass(frozen=True, kw_only=True)
class IdentityProvidersView:
    """The district's identity providers."""

    providers: tuple[IdentityProviderView, ...]
    """By code."""


@dataclass(frozen=True, kw_only=True)
class LoginResult:
    """A browser that got in, or half in: ``token`` is its new cookie; ``enrol``: it must set a second factor up first."""

    token: str = field(repr=False)
    person_id: PersonId
    stage: LoginStage
    enrol: bool = False
    recovery_codes: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, kw_only=True)
class Enrolment:
    """What an authenticator app is set up with; null where it was already."""

    uri: str | None = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class ResetMail:
    """A letter to send: to whom, and the token in it."""

    to: str = field(repr=False)
    token: str = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class OwnAccountView:
    """What somebody who is signed in may change. ``slug``: the district's part of the pages' addresses, if it has one.

    ``password``: whether there is one and it lets in; where the provider is the only way in, it does not.
    """

    district: str
    slug: str | None
    username: str | None
    password: bool
    second_factor: bool


@dataclass(frozen=True, kw_only=True)
class PasswordChanged:
    """The browser's new cookie, and whom to tell of the change, if there is an address."""

    login: LoginResult
    district: str
    to: str | None = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class SecondFactorRenewal:
    """A new seed: what the app scans, and the seed as it comes back with the form, readable by nobody but us."""

    uri: str = field(repr=False)
    seed: bytes = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class ProviderOption:
    """A provider as the sign-in page offers it."""

    code: str
    name: str


@dataclass(frozen=True, kw_only=True)
class LoginMethodsView:
    """How people of a district sign in."""

    name: str
    providers: tuple[ProviderOption, ...]
    exclusive: bool
