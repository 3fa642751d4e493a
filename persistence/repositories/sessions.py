"""Sessions and initial access tokens on PostgreSQL."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from domain.oauth.model import TokenFamily
from domain.oauth.views import InitialAccessTokenView
from domain.shared.ids import InitialAccessTokenId, PersonId, SessionId
from domain.shared.paging import Key
from persistence.repositories.repository import Repository

SESSION = (
    "id, person_id, client_id, client_name, device, scopes, auth_time, methods, created_at, used_at, idle_until, "
    "absolute_until, revoked_at"
)
LIVE = "revoked_at is null and idle_until > {0} and absolute_until > {0}"
LAST = "ffffffff-ffff-ffff-ffff-ffffffffffff"

PAGE = f"""
select {SESSION} from session where district_id = $1 and person_id = $2 and created_at <= $4 and id < $3::uuid
and {LIVE.format("$4")} order by id desc limit $5
"""
HELD = "select id from session where district_id = $1 and person_id = $2 and id = any ($3)"
REVOKE = f"""
update session set revoked_at = $4 where district_id = $1 and person_id = $2 and id = any ($3)
and {LIVE.format("$4")} returning 1
"""
REVOKE_ALL = f"""
update session set revoked_at = $3 where district_id = $1 and person_id = any ($2) and {LIVE.format("$3")} returning 1
"""

ADD_INITIAL = """
insert into initial_access_token (district_id, id, sha256, name, scopes, created_by, created_at, expires_at)
values ($1, $2, $3, $4, $5, $6, $7, $8)
"""
PAGE_TOKENS = """
select id, name, scopes, created_at, expires_at, revoked_at from initial_access_token
where district_id = $1 and id < $2::uuid order by id desc limit $3
"""
HELD_TOKENS = "select id from initial_access_token where district_id = $1 and id = any ($2)"
REVOKE_TOKENS = """
update initial_access_token set revoked_at = $3 where district_id = $1 and id = any ($2) and revoked_at is null returning 1
"""


class PgSessions(Repository):
    """`SessionStore` of one district."""

    async def page(self, person_id: PersonId, rows: int, after: Key | None, now: datetime) -> Sequence[TokenFamily]:
        found = await self.fetch(PAGE, person_id, after[0] if after else LAST, now, rows)
        return [TokenFamily(**{**row, "scopes": tuple(row["scopes"]), "methods": tuple(row["methods"])}) for row in found]

    async def owned(self, person_id: PersonId, session_ids: Sequence[SessionId]) -> frozenset[SessionId]:
        rows = await self.fetch(HELD, person_id, list(session_ids))
        return frozenset(SessionId(row[0]) for row in rows)

    async def revoke(self, person_id: PersonId, session_ids: Sequence[SessionId], at: datetime) -> int:
        return len(await self.fetch(REVOKE, person_id, list(session_ids), at))

    async def revoke_all_of(self, person_ids: Sequence[PersonId], at: datetime) -> int:
        return len(await self.fetch(REVOKE_ALL, list(person_ids), at))


class PgInitialAccessTokens(Repository):
    """`InitialAccessTokenStore` of one district."""

    async def add(self, token: InitialAccessTokenView, sha256: bytes, created_by: str) -> None:
        values = (token.id, sha256, token.name, list(token.scopes), created_by, token.created_at, token.expires_at)
        await self.execute(ADD_INITIAL, *values)

    async def page(self, rows: int, after: Key | None) -> Sequence[InitialAccessTokenView]:
        found = await self.fetch(PAGE_TOKENS, after[0] if after else LAST, rows)
        return [InitialAccessTokenView(**{**row, "scopes": tuple(row["scopes"])}) for row in found]

    async def existing(self, token_ids: Sequence[InitialAccessTokenId]) -> frozenset[InitialAccessTokenId]:
        rows = await self.fetch(HELD_TOKENS, list(token_ids))
        return frozenset(InitialAccessTokenId(UUID(str(row[0]))) for row in rows)

    async def revoke(self, token_ids: Sequence[InitialAccessTokenId], at: datetime) -> int:
        return len(await self.fetch(REVOKE_TOKENS, list(token_ids), at))
