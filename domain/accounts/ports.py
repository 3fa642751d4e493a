"""What signing in needs of the outside."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from domain.accounts.model import Account, BrowserSession, CodePurpose, IdentityLink, IdentityProvider, LoginAttempts
from domain.directory.ports import DistrictRegistry
from domain.shared.ids import PersonId
from domain.shared.last_administrator import RoleHolders
from domain.shared.revoke_access import AccessUnit, Browsers
from domain.shared.secret_box import SecretBox


class AccountStore(Protocol):
    """Accounts of people of the roster, and what they were given once."""

    async def find(self, person_id: PersonId, *, lock: bool = False) -> Account | None:
        """The person and how they sign in; None when the district has no such person."""
        ...

    async def find_by_username(self, folded: str) -> Account | None:
        """The account of that user name."""
        ...

    async def find_by_email(self, folded: str) -> Account | None:
        """The account of the one person present who has that e-mail; None when there are none or several."""
        ...

    async def save(self, account: Account) -> None:
        """Keep an account as it is now."""
        ...

    async def has_break_glass_account(self) -> bool:
        """Whether anybody present has a break-glass account with a password."""
        ...

    async def needs_second_factor(self, person_id: PersonId) -> bool:
        """Whether a password alone does not do for this person."""
        ...

    async def waive_second_factor(self, person_id: PersonId, *, waived: bool) -> None:
        """Let a password alone do for this person, or no more."""
        ...

    async def add_code(self, sha256: bytes, person_id: PersonId, purpose: CodePurpose, expires_at: datetime) -> None:
        """Keep a code; older ones of the same person and purpose are void."""
        ...

    async def find_code_holder(self, sha256: bytes, purpose: CodePurpose, now: datetime) -> PersonId | None:
        """Whose unused, unexpired code this is."""
        ...

    async def use_code(self, sha256: bytes, purpose: CodePurpose, now: datetime) -> PersonId | None:
        """Use the code up, once; whose it was."""
        ...

    async def set_recovery_codes(self, person_id: PersonId, hashes: Sequence[bytes]) -> None:
        """Replace the person's recovery codes."""
        ...

    async def use_recovery_code(self, person_id: PersonId, sha256: bytes) -> bool:
        """Use a recovery code up, once; whether the person had it."""
        ...


class BrowserSessionStore(Browsers, Protocol):
    """Browsers, by the digest of their cookie."""

    async def add(self, session: BrowserSession) -> None:
        """Keep a new one."""
        ...

    async def find(self, token_sha256: bytes) -> BrowserSession | None:
        """The session of a person who is present."""
        ...

    async def touch(self, token_sha256: bytes, at: datetime) -> None:
        """It was seen."""
        ...

    async def end(self, token_sha256: bytes) -> None:
        """Sign this browser out."""
        ...

    async def delete_expired(self, now: datetime) -> None:
        """Forget what has long ended: sessions, codes, tries and logout tokens."""
        ...


class LoginAttemptStore(Protocol):
    """Failures, by the digest of a user name or address; shared by every process."""

    async def lock(self, key: bytes) -> LoginAttempts | None:
        """Those held, locked until the unit ends."""
        ...

    async def save(self, key: bytes, attempts: LoginAttempts) -> None:
        """Keep them as they are now."""
        ...

    async def clear(self, key: bytes) -> None:
        """Start over."""
        ...


class IdentityProviderStore(Protocol):
    """Identity providers of the district, and who their subjects are here."""

    async def all(self) -> Sequence[IdentityProvider]:
        """All, by code."""
        ...

    async def find(self, code: str, *, lock: bool = False) -> IdentityProvider | None:
        """The provider of that code."""
        ...

    async def save(self, provider: IdentityProvider) -> None:
        """Keep a provider as it is now."""
        ...

    async def find_linked_person(self, issuer: str, subject: str) -> PersonId | None:
        """Who this subject is here."""
        ...

    async def find_person_by_sid(self, issuer: str, sid: bytes) -> PersonId | None:
        """Who signed in by this session at the issuer, of those that are remembered."""
        ...

    async def link(self, link_id: UUID, issuer: str, subject: str, person_id: PersonId, at: datetime) -> None:
        """This subject is this person from now on."""
        ...

    async def add_sid(self, issuer: str, subject: str, sid: bytes) -> None:
        """The subject signed in by this session of the issuer; the last few are remembered."""
        ...

    async def links_of(self, person_id: PersonId) -> Sequence[tuple[IdentityLink, str | None]]:
        """The person's links, the oldest first, each with the provider's code where the district has one of that issuer."""
        ...

    async def unlink(self, person_id: PersonId, link_id: UUID) -> bool:
        """Take a link of the person away; whether there was one."""
        ...

    async def end_links(self, issuer: str, person_id: PersonId, at: datetime) -> None:
        """The issuer ended what it vouched for until ``at``."""
        ...

    async def ended_at(self, issuer: str, subject: str) -> datetime | None:
        """Until when the issuer ended what it had vouched for of this subject."""
        ...

    async def use_logout_token(self, jti: bytes, expires_at: datetime, now: datetime) -> bool:
        """Remember a logout token until ``expires_at``; False when it was used already."""
        ...

    async def remove(self, code: str) -> None:
        """Take a provider away. Links by its issuer stay."""
        ...

    async def find_people_by_field(self, roster_field: str, value: str) -> Sequence[PersonId]:
        """People present whose field of the roster has this value; at most two."""
        ...


class AccountUnit(AccessUnit, Protocol):
    """One transaction over accounts."""

    @property
    def registry(self) -> DistrictRegistry:
        """The district."""
        ...

    @property
    def accounts(self) -> AccountStore:
        """Accounts."""
        ...

    @property
    def grants(self) -> RoleHolders:
        """Who holds which role."""
        ...

    @property
    def browsers(self) -> BrowserSessionStore:
        """Browsers that are signed in."""
        ...

    @property
    def login_attempts(self) -> LoginAttemptStore:
        """Failures."""
        ...

    @property
    def identity_providers(self) -> IdentityProviderStore:
        """Identity providers."""
        ...

    @property
    def secrets(self) -> SecretBox:
        """Seals what must be sent again."""
        ...


class PasswordHashing(Protocol):
    """Slow hashes of passwords, made beside the loop, a few at a time."""

    async def hash(self, password: str) -> str:
        """What is kept of a password."""
        ...

    async def verify(self, password_hash: str | None, password: str) -> bool:
        """Whether it is the password; with nothing held the same work is done, and the answer is no."""
        ...


class Authenticators(Protocol):
    """Seeds of authenticator apps (RFC 6238), kept sealed."""

    def new_seed(self, person_id: PersonId) -> bytes:
        """A new seed, sealed."""
        ...

    def provisioning_uri(self, person_id: PersonId, encrypted_seed: bytes, label: str) -> str:
        """What the app scans."""
        ...

    def matching_step(self, person_id: PersonId, encrypted_seed: bytes, code: str, now: datetime) -> int | None:
        """The time step that ``code`` is of, at most one beside that of ``now``; None when it is of none."""
        ...
