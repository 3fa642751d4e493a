"""Authorization codes, consents and refresh token families of one district; inside `SyncBridge.run` only."""

import json
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any

from domain.directory.oauth_clients import RegisteredClient
from domain.oauth.model import ENDED_SESSION_RETENTION, IssuedCode, PendingRequest, PersonName, RefreshToken, TokenFamily
from domain.shared.ids import PersonId, SessionId
from domain.shared.roles import PersonContext
from persistence.database.connection import Record
from persistence.database.sync_bridge import execute, fetch, fetchrow
from persistence.repositories.person_roles import PERSON_CONTEXT, person_context
from persistence.repositories.sql_fragments import CURRENT_DISTRICT as HERE
from persistence.repositories.sql_fragments import columns, placeholders

PERSON = f"""
select district_id, id as person_id, coalesce(preferred_given_name, given_name) as given_name,
  coalesce(preferred_family_name, family_name) as family_name, email
from person where district_id = {HERE} and id = $1 and active
"""

STANDS = PERSON_CONTEXT.replace("$1", HERE).replace("$2", "$1")

ADD_REQUEST = f"""
insert into authorization_request (district_id, sha256, browser_sha256, person_id, client_id, parameters, expires_at)
values ({HERE}, $1, $2, $3, $4, $5, $6)
"""
FORGET_REQUESTS = f"delete from authorization_request where district_id = {HERE} and expires_at < $1"
TAKE_REQUEST = f"""
delete from authorization_request where district_id = {HERE} and sha256 = $1 and browser_sha256 = $2
returning sha256, browser_sha256, person_id, client_id, parameters, expires_at
"""

CODE = columns(IssuedCode)
ADD_CODE = f"insert into authorization_code (district_id, {CODE}) values ({HERE}, {placeholders(IssuedCode)})"
FORGET_CODES = f"delete from authorization_code where district_id = {HERE} and expires_at < $1"
LOCK_CODE = f"select {CODE} from authorization_code where district_id = {HERE} and sha256 = $1 for update"
USE_CODE = f"update authorization_code set used_at = $2 where district_id = {HERE} and sha256 = $1"
TIE_CODE = f"update authorization_code set session_id = $2 where district_id = {HERE} and sha256 = $1"

SESSION = columns(TokenFamily)
ADD_SESSION = f"insert into session (district_id, {SESSION}) values ({HERE}, {placeholders(TokenFamily)})"
FORGET_SESSIONS = f"""
delete from session where district_id = {HERE} and person_id = $1
and least(idle_until, absolute_until, coalesce(revoked_at, 'infinity')) < $2
"""
FIND_SESSION = f"select {SESSION} from session where district_id = {HERE} and id = $1"
LOCK_SESSION = f"""
select {SESSION} from session where district_id = {HERE}
and id = (select session_id from refresh_token where district_id = {HERE} and sha256 = $1) for update
"""
USE_SESSION = f"update session set used_at = $2, idle_until = $3 where district_id = {HERE} and id = $1"
REVOKE = f"update session set revoked_at = $2 where district_id = {HERE} and id = $1 and revoked_at is null returning id"

ADD_TOKEN = f"insert into refresh_token (district_id, sha256, session_id, issued_at) values ({HERE}, $1, $2, $3)"
FIND_TOKEN = f"""
select sha256, session_id, issued_at, replaced_at from refresh_token where district_id = {HERE} and sha256 = $1
"""
REPLACE_TOKEN = f"update refresh_token set replaced_at = $2 where district_id = {HERE} and sha256 = $1"

CONSENT = f"""
select scopes from consent where district_id = {HERE} and person_id = $1 and client_id = $2 and client_sha256 = $3
"""
KEEP_CONSENT = f"""
insert into consent (district_id, person_id, client_id, scopes, client_sha256, granted_at)
values ({HERE}, $1, $2, $3, $4, $5)
on conflict (district_id, person_id, client_id) do update
set scopes = excluded.scopes, client_sha256 = excluded.client_sha256, granted_at = excluded.granted_at
"""


class PgTokenFamilies:
    """`api.oauth.ports.TokenFamilies`, in the transaction's district (`set_tenant`)."""

    def person(self, person_id: PersonId) -> PersonName | None:
        """Return the person; None when inactive."""
        row = fetchrow(PERSON, person_id)
        return None if row is None else PersonName(**row)

    def person_context(self, person_id: PersonId, methods: Collection[str]) -> PersonContext | None:
        """Return the person's current context in a session begun by `methods`."""
        row = fetchrow(STANDS, person_id)
        return None if row is None else person_context(row, person_id, methods)

    def save_request(self, request: PendingRequest, now: datetime) -> None:
        """Save an authorization request, and delete expired ones."""
        execute(FORGET_REQUESTS, now)
        execute(
            ADD_REQUEST,
            request.sha256,
            request.browser_sha256,
            request.person_id,
            request.client_id,
            json.dumps(dict(request.parameters)),
            request.expires_at,
        )

    def take_request(self, sha256: bytes, browser_sha256: bytes) -> PendingRequest | None:
        """Return and delete the request that was saved for this browser."""
        row = fetchrow(TAKE_REQUEST, sha256, browser_sha256)
        return None if row is None else PendingRequest(**{**row, "parameters": json.loads(row["parameters"])})

    def add_code(self, code: IssuedCode, now: datetime) -> None:
        """Save a new code, and delete those that expired a day ago."""
        execute(FORGET_CODES, now - timedelta(days=1))
        execute(ADD_CODE, *vars(code).values())

    def lock_code(self, sha256: bytes) -> IssuedCode | None:
        """Lock and return the code."""
        row = fetchrow(LOCK_CODE, sha256)
        return None if row is None else IssuedCode(**_tuples(row))

    def use_code(self, sha256: bytes, now: datetime) -> None:
        """Mark the code as used."""
        execute(USE_CODE, sha256, now)

    def add_session(self, session: TokenFamily, code_sha256: bytes) -> None:
        """Begin a family for the exchanged code, and delete the person's families that ended long ago."""
        execute(FORGET_SESSIONS, session.person_id, session.created_at - ENDED_SESSION_RETENTION)
        execute(ADD_SESSION, *vars(session).values())
        execute(TIE_CODE, code_sha256, session.id)

    def session(self, session_id: SessionId) -> TokenFamily | None:
        """Return the family."""
        row = fetchrow(FIND_SESSION, session_id)
        return None if row is None else TokenFamily(**_tuples(row))

    def lock_session_of(self, token_sha256: bytes) -> TokenFamily | None:
        """Lock and return the family of a refresh token."""
        row = fetchrow(LOCK_SESSION, token_sha256)
        return None if row is None else TokenFamily(**_tuples(row))

    def use_session(self, session_id: SessionId, now: datetime, idle_until: datetime) -> None:
        """Save the last use of the family, and extend it to `idle_until`."""
        execute(USE_SESSION, session_id, now, idle_until)

    def revoke(self, session_id: SessionId, now: datetime) -> bool:
        """Revoke the family; True when it was not revoked before. The first time of revocation stays."""
        return bool(fetch(REVOKE, session_id, now))

    def add_token(self, sha256: bytes, session_id: SessionId, now: datetime) -> None:
        """Save a new refresh token."""
        execute(ADD_TOKEN, sha256, session_id, now)

    def token(self, sha256: bytes) -> RefreshToken | None:
        """Return the refresh token."""
        row = fetchrow(FIND_TOKEN, sha256)
        return None if row is None else RefreshToken(**row)

    def replace_token(self, sha256: bytes, now: datetime) -> None:
        """Mark the refresh token as replaced."""
        execute(REPLACE_TOKEN, sha256, now)

    def consented_scopes(self, person_id: PersonId, client: RegisteredClient) -> frozenset[str]:
        """Return the scopes that the person granted to the client as currently described."""
        row = fetchrow(CONSENT, person_id, client.client_id, client.description_sha256)
        return frozenset() if row is None else frozenset(row["scopes"])

    def save_consent(self, person_id: PersonId, client: RegisteredClient, scopes: Iterable[str], now: datetime) -> None:
        """Save the scopes that the person granted to the client as currently described."""
        execute(KEEP_CONSENT, person_id, client.client_id, sorted(scopes), client.description_sha256, now)


def _tuples(row: Record) -> dict[str, Any]:
    return {**row, "scopes": tuple(row["scopes"]), "methods": tuple(row["methods"])}
