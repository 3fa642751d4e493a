"""Accounts, browsers, tries and identity providers of one district."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from domain.accounts.logout_tokens import SIDS
from domain.accounts.model import Account, BrowserSession, CodePurpose, IdentityLink, Provider, ProviderKind, Stage, Tries
from domain.accounts.rules import ABSOLUTE, FORGOTTEN_AFTER, fold_username
from domain.directory.model import folded
from domain.shared.ids import DistrictId, PersonId
from persistence.database import locks
from persistence.database.connection import Raw
from persistence.repositories import accounts_sql as sql


class PgAccounts:
    """``Accounts`` on the connection of a fenced unit."""

    def __init__(self, raw: Raw, district_id: DistrictId) -> None:
        self._raw = raw
        self._district_id = district_id

    async def find(self, person_id: PersonId, *, lock: bool = False) -> Account | None:
        if lock:
            locks.ask(self._raw, locks.Lock.PERSON)
            await self._raw.execute(sql.LOCK_PERSON, self._district_id, person_id)
        return _account(await self._raw.fetchrow(sql.ACCOUNT + "and p.id = $2", self._district_id, person_id))

    async def by_username(self, folded: str) -> Account | None:
        return _account(await self._raw.fetchrow(sql.ACCOUNT + "and a.username_folded = $2", self._district_id, folded))

    async def by_email(self, folded: str) -> Account | None:
        found = await self._raw.fetch(sql.ACCOUNT + "and p.email_folded = $2 and p.active limit 2", self._district_id, folded)
        return _account(found[0]) if len(found) == 1 else None

    async def save(self, account: Account) -> None:
        username = account.username
        await self._raw.execute(
            sql.SAVE_ACCOUNT,
            self._district_id,
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

    async def way_past_providers(self) -> bool:
        return bool(await self._raw.fetchval(sql.WAY_PAST_PROVIDERS, self._district_id))

    async def needs_second_factor(self, person_id: PersonId) -> bool:
        return bool(await self._raw.fetchval(sql.NEEDS_SECOND_FACTOR, self._district_id, person_id))

    async def waive_second_factor(self, person_id: PersonId, *, waived: bool) -> None:
        await self._raw.execute(sql.WAIVE_SECOND_FACTOR, self._district_id, person_id, waived)

    async def add_code(self, sha256: bytes, person_id: PersonId, purpose: CodePurpose, expires_at: datetime) -> None:
        await self._raw.execute(sql.VOID_CODES, self._district_id, person_id, purpose.value)
        await self._raw.execute(sql.ADD_CODE, self._district_id, sha256, person_id, purpose.value, expires_at)

    async def holder_of_code(self, sha256: bytes, purpose: CodePurpose, now: datetime) -> PersonId | None:
        return _person(await self._raw.fetchval(sql.HOLDER_OF_CODE, self._district_id, sha256, purpose.value, now))

    async def use_code(self, sha256: bytes, purpose: CodePurpose, now: datetime) -> PersonId | None:
        return _person(await self._raw.fetchval(sql.USE_CODE, self._district_id, sha256, purpose.value, now))

    async def set_recovery_codes(self, person_id: PersonId, hashes: Sequence[bytes]) -> None:
        await self._raw.execute(sql.DROP_RECOVERY_CODES, self._district_id, person_id)
        await self._raw.execute(sql.ADD_RECOVERY_CODES, self._district_id, person_id, list(hashes))

    async def use_recovery_code(self, person_id: PersonId, sha256: bytes) -> bool:
        return await self._raw.fetchval(sql.USE_RECOVERY_CODE, self._district_id, person_id, sha256) is not None


class PgBrowsers:
    """``BrowserSessions`` on the connection of a fenced unit."""

    def __init__(self, raw: Raw, district_id: DistrictId) -> None:
        self._raw = raw
        self._district_id = district_id

    async def add(self, session: BrowserSession) -> None:
        await self._raw.execute(
            sql.ADD_BROWSER,
            self._district_id,
            session.token_sha256,
            session.person_id,
            session.stage.value,
            sorted(session.methods),
            session.signed_in_at,
            session.seen_at,
        )

    async def find(self, token_sha256: bytes) -> BrowserSession | None:
        row = await self._raw.fetchrow(sql.FIND_BROWSER, self._district_id, token_sha256)
        if row is None:
            return None
        person_id, stage, methods, signed_in_at, seen_at = row
        return BrowserSession(
            token_sha256=token_sha256,
            person_id=person_id,
            stage=Stage(stage),
            methods=frozenset(methods),
            signed_in_at=signed_in_at,
            seen_at=seen_at,
        )

    async def touch(self, token_sha256: bytes, at: datetime) -> None:
        await self._raw.execute(sql.TOUCH_BROWSER, self._district_id, token_sha256, at)

    async def end(self, token_sha256: bytes) -> None:
        await self._raw.execute(sql.END_BROWSER, self._district_id, token_sha256)

    async def end_all_of(self, people: Sequence[PersonId]) -> None:
        await self._raw.execute(sql.END_BROWSERS_OF, self._district_id, list(people))
        await self._raw.execute(sql.VOID_CODES_OF, self._district_id, list(people))

    async def sweep(self, now: datetime) -> None:
        await self._raw.execute(sql.SWEEP_BROWSERS, self._district_id, now - ABSOLUTE - timedelta(days=1))
        await self._raw.execute(sql.SWEEP_CODES, self._district_id, now)
        await self._raw.execute(sql.SWEEP_TRIES, self._district_id, now - FORGOTTEN_AFTER)
        await self._raw.execute(sql.SWEEP_LOGOUTS, self._district_id, now)


class PgTries:
    """``TriesStore`` on the connection of a fenced unit."""

    def __init__(self, raw: Raw, district_id: DistrictId) -> None:
        self._raw = raw
        self._district_id = district_id

    async def lock(self, subject: bytes) -> Tries | None:
        row = await self._raw.fetchrow(sql.LOCK_TRIES, self._district_id, subject)
        return None if row is None else Tries(failures=row[0], last_at=row[1], next_at=row[2])

    async def save(self, subject: bytes, tries: Tries) -> None:
        await self._raw.execute(sql.SAVE_TRIES, self._district_id, subject, tries.failures, tries.last_at, tries.next_at)

    async def forget(self, subject: bytes) -> None:
        await self._raw.execute(sql.FORGET_TRIES, self._district_id, subject)


class PgProviders:
    """``Providers`` on the connection of a fenced unit."""

    def __init__(self, raw: Raw, district_id: DistrictId) -> None:
        self._raw = raw
        self._district_id = district_id

    async def listed(self) -> Sequence[Provider]:
        return [_provider(row) for row in await self._raw.fetch(sql.PROVIDERS + "order by code", self._district_id)]

    async def find(self, code: str, *, lock: bool = False) -> Provider | None:
        locking = " for update" if lock else ""
        row = await self._raw.fetchrow(sql.PROVIDERS + "and code = $2" + locking, self._district_id, code)
        return None if row is None else _provider(row)

    async def save(self, provider: Provider) -> None:
        await self._raw.execute(
            sql.SAVE_PROVIDER,
            self._district_id,
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

    async def linked(self, issuer: str, subject: str) -> PersonId | None:
        return _person(await self._raw.fetchval(sql.LINKED, self._district_id, issuer, subject))

    async def linked_by_sid(self, issuer: str, sid: bytes) -> PersonId | None:
        return _person(await self._raw.fetchval(sql.LINKED_BY_SID, self._district_id, issuer, sid))

    async def link(self, link_id: UUID, issuer: str, subject: str, person_id: PersonId, at: datetime) -> None:
        await self._raw.execute(sql.LINK, self._district_id, link_id, issuer, subject, person_id, at)

    async def remember_sid(self, issuer: str, subject: str, sid: bytes) -> None:
        await self._raw.execute(sql.REMEMBER_SID, self._district_id, issuer, subject, sid, SIDS)

    async def links_of(self, person_id: PersonId) -> Sequence[tuple[IdentityLink, str | None]]:
        rows = [dict(row) for row in await self._raw.fetch(sql.LINKS_OF, self._district_id, person_id)]
        codes = [row.pop("code") for row in rows]
        return [(IdentityLink(**row), code) for row, code in zip(rows, codes, strict=True)]

    async def unlink(self, person_id: PersonId, link_id: UUID) -> bool:
        return await self._raw.fetchval(sql.UNLINK, self._district_id, person_id, link_id) is not None

    async def end_links(self, issuer: str, person_id: PersonId, at: datetime) -> None:
        await self._raw.execute(sql.END_LINKS, self._district_id, issuer, person_id, at)

    async def ended_at(self, issuer: str, subject: str) -> datetime | None:
        found: datetime | None = await self._raw.fetchval(sql.ENDED_AT, self._district_id, issuer, subject)
        return found

    async def use_logout(self, jti: bytes, expires_at: datetime, now: datetime) -> bool:
        await self._raw.execute(sql.SWEEP_LOGOUTS, self._district_id, now)
        return await self._raw.fetchval(sql.USE_LOGOUT, self._district_id, jti, expires_at) is not None

    async def remove(self, code: str) -> None:
        await self._raw.execute(sql.REMOVE_PROVIDER, self._district_id, code)

    async def people_with(self, roster_field: str, value: str) -> Sequence[PersonId]:
        kind, _, type_ = roster_field.partition(":")
        if kind == "user_id":
            rows = await self._raw.fetch(sql.PEOPLE_WITH_USER_ID, self._district_id, type_, value)
        else:
            # A name outside the table is a KeyError: what an admin typed never becomes SQL.
            rows = await self._raw.fetch(sql.PEOPLE_WITH[kind], self._district_id, folded(kind, value))
        return [PersonId(row[0]) for row in rows]


def _person(found: Any) -> PersonId | None:
    return None if found is None else PersonId(found)


def _account(row: Any) -> Account | None:
    return None if row is None else Account(**{**dict(row), "names": tuple(row["names"])})


def _provider(row: Any) -> Provider:
    return Provider(**{**dict(row), "kind": ProviderKind(row["kind"]), "tenants": tuple(row["tenants"])})
