"""What is said to sign in, and to look after accounts; of identity providers ``provider_commands`` speaks.

``address`` is a keyed digest of where a request came from; ``session`` that of a browser's cookie.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from domain.shared.ids import PersonId


@dataclass(frozen=True, kw_only=True)
class SignIn:
    """A user name and a password. ``session``: the browser's session before, which ends."""

    username: str
    password: str = field(repr=False)
    address: bytes
    session: bytes | None = None


@dataclass(frozen=True, kw_only=True)
class GiveSecondFactor:
    """The code of an authenticator app, or a recovery code."""

    session: bytes
    code: str = field(repr=False)
    address: bytes


@dataclass(frozen=True, kw_only=True)
class BeginEnrolment:
    """Ask for a seed to put into an authenticator app. ``label``: what the app calls the place."""

    session: bytes
    label: str


@dataclass(frozen=True, kw_only=True)
class RedeemCode:
    """A one-time code, with the user name and the password that its holder chooses."""

    code: str = field(repr=False)
    username: str
    password: str = field(repr=False)
    address: bytes
    session: bytes | None = None


@dataclass(frozen=True, kw_only=True)
class RequestReset:
    """A user name or a mail address, of somebody who forgot the password."""

    identity: str
    address: bytes


@dataclass(frozen=True, kw_only=True)
class ResetPassword:
    """The token of a letter, with a new password."""

    token: str = field(repr=False)
    password: str = field(repr=False)
    address: bytes


@dataclass(frozen=True, kw_only=True)
class ReadOwnAccount:
    """What somebody who is signed in may change of how they sign in."""

    session: bytes


@dataclass(frozen=True, kw_only=True)
class ChangePassword:
    """One's present password, with a new one."""

    session: bytes
    present: str = field(repr=False)
    password: str = field(repr=False)
    address: bytes


@dataclass(frozen=True, kw_only=True)
class BeginRenewal:
    """Ask for a new seed beside the one that counts. ``label``: what the app calls the place.

    ``sealed``: the seed that was given before, to be shown again.
    """

    session: bytes
    label: str
    sealed: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, kw_only=True)
class RenewSecondFactor:
    """A code of the app that counts (or a recovery code), and one of the app that takes its place.

    ``sealed``: the new seed, as ``begin_renewal`` gave it.
    """

    session: bytes
    code: str = field(repr=False)
    new_code: str = field(repr=False)
    sealed: bytes = field(repr=False)
    address: bytes


@dataclass(frozen=True, kw_only=True)
class SignInFederated:
    """What a provider's verified token claims."""

    provider: str
    claims: Mapping[str, object] = field(repr=False)
    session: bytes | None = None


@dataclass(frozen=True, kw_only=True)
class EndByProvider:
    """What a provider's verified logout token claims."""

    provider: str
    claims: Mapping[str, object] = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class CurrentSession:
    """Ask who a browser is."""

    session: bytes


@dataclass(frozen=True, kw_only=True)
class SignOut:
    """End a browser's session."""

    session: bytes


@dataclass(frozen=True, kw_only=True)
class ReadLoginMethods:
    """Ask how people of the district sign in."""


@dataclass(frozen=True, kw_only=True)
class ReadAccount:
    """Ask how a person signs in."""

    person_id: PersonId
    """The person's id."""


@dataclass(frozen=True, kw_only=True)
class RemoveIdentityLink:
    """Let a provider's subject be a person no more, until a sign-in there links them anew."""

    person_id: PersonId
    """The person's id."""
    link_id: UUID
    """The link's id."""


@dataclass(frozen=True, kw_only=True)
class CreateSignInCode:
    """A one-time code to print and hand over to a person, who then chooses user name and password."""

    person_id: PersonId
    """The person's id."""


@dataclass(frozen=True, kw_only=True)
class DeactivatePerson:
    """Let a person in no more, whatever the roster says."""

    person_id: PersonId
    """The person's id."""


@dataclass(frozen=True, kw_only=True)
class ActivatePerson:
    """Let a person in again who was deactivated."""

    person_id: PersonId
    """The person's id."""


@dataclass(frozen=True, kw_only=True)
class PutBreakGlass:
    """Whether a person may sign in by password where the district signs in by its own provider alone."""

    person_id: PersonId
    """The person's id."""
    allowed: bool
    """True: with a second factor, always. False where it was true: no more, and whatever the person is signed in to ends
    at once, browsers, tokens and codes."""


@dataclass(frozen=True, kw_only=True)
class WaiveSecondFactor:
    """Let a password alone do for a person of whom a second factor is asked, or no more."""

    person_id: PersonId
    """The person's id."""
    waived: bool = True
    """False: ask for it again."""


@dataclass(frozen=True, kw_only=True)
class ClearSignIn:
    """Take user name, password and second factor from a person."""

    person_id: PersonId
    """The person's id."""
