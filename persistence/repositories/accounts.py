"""Accounts, browser sessions, login attempts and identity providers of one district, on PostgreSQL."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from domain.accounts.logout_tokens import MAX_SIDS
from domain.accounts.model import (
    Account,
    BrowserSession,
    CodePurpose,
    IdentityLink,
    IdentityProvider,
    LoginAttempts,
    LoginStage,
    ProviderKind,
)
from domain.accounts.rules import ABSOLUTE_TIMEOUT, ATTEMPTS_EXPIRE_AFTER, fold_username
from domain.directory.model import fold_case
from domain.shared.ids import PersonId
from persistence.database import locks
from persistence.repositories import accounts_sql as sql
from persistence.repositories.repository import Repository


class PgAccounts(Repository):
    """`AccountStore` of one district."""

    async def find(self, person_id: PersonId, *, lock: bool = False) -> Account | None:
        if lock:
            locks.check_order(self.connection, locks.Lock.PERSON)
            await self.execute(sql.LOCK_PERSON, person_id)
        return _account(await self.fetchrow(sql.ACCOUNT + "and p.id = $2", person_id))

    async def find_by_username(self, folded: str) -> Account | None:
        return _account(await self.fetchrow(sql.ACCOUNT + "and a.username_folded = $2", folded))

    async def find_by_email(self, folded: str) -> Account | None:
        found = await self.fetch(sql.ACCOUNT + "and p.email_folded = $2 and p.active limit 2", folded)
        return _account(found[0]) if len(found) == 1 else None

    async def save(self, account: Account) -> None:
        username = account.username
        await self.execute(
            sql.SAVE_ACCOUNT,
            account.person_id,
            username,
            None if username is None else fold_username(username),
            account.password_hash,
            account.break_glass,
            account.deactivated_at,
            account.totp_sealed,
            account.totp_confirmed_at,
            account.totp_last_step,
        )

    async def has_break_glass_account(self) -> bool:
        return bool(await self.fetchval(sql.WAY_PAST_PROVIDERS))

    async def needs_second_factor(self, person_id: PersonId) -> bool:
        return bool(await self.fetchval(sql.NEEDS_SECOND_FACTOR, person_id))

    async def waive_second_factor(self, person_id: PersonId, *, waived: bool) -> None:
        await self.execute(sql.WAIVE_SECOND_FACTOR, person_id, waived)

    async def add_code(self, sha256: bytes, person_id: PersonId, purpose: CodePurpose, expires_at: datetime) -> None:
        await self.execute(sql.VOID_CODES, person_id, purpose.value)
        await self.execute(sql.ADD_CODE, sha256, person_id, purpose.value, expires_at)

    async def find_code_holder(self, sha256: bytes, purpose: CodePurpose, now: datetime) -> PersonId | None:
        return _person_id(await self.fetchval(sql.HOLDER_OF_CODE, sha256, purpose.value, now))

    async def use_code(self, sha256: bytes, purpose: CodePurpose, now: datetime) -> PersonId | None:
        return _person_id(await self.fetchval(sql.USE_CODE, sha256, purpose.value, now))

    async def set_recovery_codes(self, person_id: PersonId, hashes: Sequence[bytes]) -> None:
        await self.execute(sql.DROP_RECOVERY_CODES, person_id)
        await self.execute(sql.ADD_RECOVERY_CODES, person_id, list(hashes))

    async def use_recovery_code(self, person_id: PersonId, sha256: bytes) -> bool:
        return await self.fetchval(sql.USE_RECOVERY_CODE, person_id, sha256) is not None


class PgBrowserSessions(Repository):
    """`BrowserSessionStore` of one district."""

    async def add(self, session: BrowserSession) -> None:
        await self.execute(
            sql.ADD_BROWSER,
            session.token_sha256,
            session.person_id,
            session.stage.value,
            sorted(session.methods),
            session.signed_in_at,
            session.seen_at,
        )

    async def find(self, token_sha256: bytes) -> BrowserSession | None:
        row = await self.fetchrow(sql.FIND_BROWSER, token_sha256)
        if row is None:
            return None
        person_id, stage, methods, signed_in_at, seen_at = row
        return BrowserSession(
            token_sha256=token_sha256,
            person_id=person_id,
            stage=LoginStage(stage),
            methods=frozenset(methods),
            signed_in_at=signed_in_at,
            seen_at=seen_at,
        )

    async def touch(self, token_sha256: bytes, at: datetime) -> None:
        await self.execute(sql.TOUCH_BROWSER, token_sha256, at)

    async def end(self, token_sha256: bytes) -> None:
        await self.execute(sql.END_BROWSER, token_sha256)

    async def end_all_of(self, people: Sequence[PersonId]) -> None:
        await self.execute(sql.END_BROWSERS_OF, list(people))
        await self.execute(sql.VOID_CODES_OF, list(people))

    async def delete_expired(self, now: datetime) -> None:
        await self.execute(sql.SWEEP_BROWSERS, now - ABSOLUTE_TIMEOUT - timedelta(days=1))
        await self.execute(sql.SWEEP_CODES, now)
        await self.execute(sql.SWEEP_TRIES, now - ATTEMPTS_EXPIRE_AFTER)
        await self.execute(sql.SWEEP_LOGOUTS, now)


class PgLoginAttempts(Repository):
    """`LoginAttemptStore` of one district."""

    async def lock(self, key: bytes) -> LoginAttempts | None:
        await self.execute(sql.LOCK_SUBJECT, key)
        row = await self.fetchrow(sql.LOCK_TRIES, key)
        return None if row is None else LoginAttempts(**row)

    async def save(self, key: bytes, attempts: LoginAttempts) -> None:
        await self.execute(sql.SAVE_TRIES, key, attempts.failures, attempts.last_at, attempts.next_at)

    async def clear(self, key: bytes) -> None:
        await self.execute(sql.FORGET_TRIES, key)


class PgProviders(Repository):
    """`IdentityProviderStore` of one district."""

    async def all(self) -> Sequence[IdentityProvider]:
        return [_provider(row) for row in await self.fetch(sql.PROVIDERS + "order by code")]

    async def find(self, code: str, *, lock: bool = False) -> IdentityProvider | None:
        locking = " for update" if lock else ""
        row = await self.fetchrow(sql.PROVIDERS + "and code = $2" + locking, code)
        return None if row is None else _provider(row)

    async def save(self, provider: IdentityProvider) -> None:
        await self.execute(
            sql.SAVE_PROVIDER,
            provider.code,
            provider.kind.value,
            provider.name,
            provider.issuer,
            provider.client_id,
            provider.secret_sealed,
            list(provider.tenants),
            provider.claim,
            provider.roster_field,
            provider.exclusive,
            provider.active,
            provider.version,
        )

    async def find_linked_person(self, issuer: str, subject: str) -> PersonId | None:
        return _person_id(await self.fetchval(sql.LINKED, issuer, subject))

    async def find_person_by_sid(self, issuer: str, sid: bytes) -> PersonId | None:
        return _person_id(await self.fetchval(sql.LINKED_BY_SID, issuer, sid))

    async def link(self, link_id: UUID, issuer: str, subject: str, person_id: PersonId, at: datetime) -> None:
        await self.execute(sql.LINK, link_id, issuer, subject, person_id, at)

    async def add_sid(self, issuer: str, subject: str, sid: bytes) -> None:
        await self.execute(sql.REMEMBER_SID, issuer, subject, sid, MAX_SIDS)

    async def links_of(self, person_id: PersonId) -> Sequence[tuple[IdentityLink, str | None]]:
        rows = [dict(row) for row in await self.fetch(sql.LINKS_OF, person_id)]
        codes = [row.pop("code") for row in rows]
        return [(IdentityLink(**row), code) for row, code in zip(rows, codes, strict=True)]

    async def unlink(self, person_id: PersonId, link_id: UUID) -> bool:
        return await self.fetchval(sql.UNLINK, person_id, link_id) is not None

    async def end_links(self, issuer: str, person_id: PersonId, at: datetime) -> None:
        await self.execute(sql.END_LINKS, issuer, person_id, at)

    async def ended_at(self, issuer: str, subject: str) -> datetime | None:
        found: datetime | None = await self.fetchval(sql.ENDED_AT, issuer, subject)
        return found

    async def use_logout_token(self, jti: bytes, expires_at: datetime, now: datetime) -> bool:
        await self.execute(sql.SWEEP_LOGOUTS, now)
        return await self.fetchval(sql.USE_LOGOUT, jti, expires_at) is not None

    async def remove(self, code: str) -> None:
        await self.execute(sql.REMOVE_PROVIDER, code)

    async def find_people_by_field(self, roster_field: str, value: str) -> Sequence[PersonId]:
        kind, _, type_ = roster_field.partition(":")
        if kind == "user_id":
            rows = await self.fetch(sql.PEOPLE_WITH_USER_ID, type_, value)
        else:
            # An unknown name raises KeyError: input never becomes SQL.
            rows = await self.fetch(sql.PEOPLE_WITH[kind], fold_case(kind, value))
        return [PersonId(row[0]) for row in rows]


def _person_id(value: Any) -> PersonId | None:
    return None if value is None else PersonId(value)


def _account(row: Any) -> Account | None:
    return None if row is None else Account(**{**dict(row), "names": tuple(row["names"])})


def _provider(row: Any) -> IdentityProvider:
    return IdentityProvider(**{**dict(row), "kind": ProviderKind(row["kind"]), "tenants": tuple(row["tenants"])})
