"""Codes, consent and families of tokens, behind the fence of the district that their holder named; inside the bridge only."""

import json
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any

from domain.directory.oauth_clients import RegisteredClient
from domain.oauth.model import KEPT, IssuedCode, Named, PendingRequest, RefreshToken, Session
from domain.shared.ids import DistrictId, PersonId, SessionId
from domain.shared.roles import Standing
from persistence.database.sync_bridge import rows, run
from persistence.repositories.person_roles import STANDING, standing_of

HERE = "nullif(current_setting('app.district_id', true), '')::uuid"
"""The fence alone keeps to the district; the planner wants it said as well."""

PERSON = f"""
select district_id, id, coalesce(preferred_given_name, given_name), coalesce(preferred_family_name, family_name), email
from person where district_id = {HERE} and id = :id and active
"""

STANDS = STANDING.replace("$1", HERE).replace("$2", ":id")

ADD_REQUEST = f"""
insert into authorization_request (district_id, sha256, browser_sha256, person_id, client_id, parameters, expires_at)
values ({HERE}, :sha256, :browser, :person, :client, cast(:parameters as jsonb), :until)
"""
FORGET_REQUESTS = f"delete from authorization_request where district_id = {HERE} and expires_at < :now"
TAKE_REQUEST = f"""
delete from authorization_request where district_id = {HERE} and sha256 = :sha256 and browser_sha256 = :browser
returning person_id, client_id, parameters::text, expires_at
"""

CODE = """
sha256, person_id, client_id, redirect_uri, scopes, challenge, device, nonce, auth_time, methods, expires_at, used_at,
session_id
"""
ADD_CODE = f"""
insert into authorization_code (district_id, {CODE}) values ({HERE}, :sha256, :person_id, :client_id, :redirect_uri, :scopes,
  :challenge, :device, :nonce, :auth_time, :methods, :expires_at, :used_at, :session_id)
"""
FORGET_CODES = f"delete from authorization_code where district_id = {HERE} and expires_at < :before"
LOCK_CODE = f"select {CODE} from authorization_code where district_id = {HERE} and sha256 = :sha256 for update"
USE_CODE = f"update authorization_code set used_at = :now where district_id = {HERE} and sha256 = :sha256"
TIE_CODE = f"update authorization_code set session_id = :session where district_id = {HERE} and sha256 = :sha256"

SESSION = """
id, person_id, client_id, client_name, device, scopes, auth_time, methods, created_at, used_at, idle_until, absolute_until,
revoked_at
"""
ADD_SESSION = f"""
insert into session (district_id, {SESSION}) values ({HERE}, :id, :person_id, :client_id, :client_name, :device, :scopes,
  :auth_time, :methods, :created_at, :used_at, :idle_until, :absolute_until, :revoked_at)
"""
FORGET_SESSIONS = f"""
delete from session where district_id = {HERE} and person_id = :person
and least(idle_until, absolute_until, coalesce(revoked_at, 'infinity')) < :before
"""
FIND_SESSION = f"select {SESSION} from session where district_id = {HERE} and id = :id"
LOCK_SESSION = f"""
select {SESSION} from session where district_id = {HERE}
and id = (select session_id from refresh_token where district_id = {HERE} and sha256 = :sha256) for update
"""
USE_SESSION = f"update session set used_at = :now, idle_until = :idle where district_id = {HERE} and id = :id"
REVOKE = f"update session set revoked_at = :now where district_id = {HERE} and id = :id and revoked_at is null returning id"

ADD_TOKEN = f"""
insert into refresh_token (district_id, sha256, session_id, issued_at) values ({HERE}, :sha256, :session, :now)
"""
FIND_TOKEN = f"""
select sha256, session_id, issued_at, replaced_at from refresh_token where district_id = {HERE} and sha256 = :sha256
"""
REPLACE_TOKEN = f"update refresh_token set replaced_at = :now where district_id = {HERE} and sha256 = :sha256"

CONSENT = f"""
select scopes from consent where district_id = {HERE} and person_id = :person and client_id = :client
and client_sha256 = :described
"""
KEEP_CONSENT = f"""
insert into consent (district_id, person_id, client_id, scopes, client_sha256, granted_at)
values ({HERE}, :person, :client, :scopes, :described, :now)
on conflict (district_id, person_id, client_id) do update
set scopes = excluded.scopes, client_sha256 = excluded.client_sha256, granted_at = excluded.granted_at
"""


class PgFamilies:
    """``api.oauth.ports.Families``; stands in the district that ``PgOAuth.stand_in`` named."""

    def person(self, person_id: PersonId) -> Named | None:
        """The person, while active."""
        found = rows(PERSON, id=person_id)
        return _named(found[0]) if found else None

    def standing(self, person_id: PersonId, methods: Collection[str]) -> Standing | None:
        """How the person stands now in a session begun by ``methods``."""
        found = rows(STANDS, id=person_id)
        return standing_of(found[0], person_id, methods) if found else None

    def keep_request(self, asked: PendingRequest, now: datetime) -> None:
        """Keep what a person is being asked, and forget what nobody answered."""
        run(FORGET_REQUESTS, now=now)
        run(
            ADD_REQUEST,
            sha256=asked.sha256,
            browser=asked.browser_sha256,
            person=asked.person_id,
            client=asked.client_id,
            parameters=json.dumps(dict(asked.parameters)),
            until=asked.expires_at,
        )

    def take_request(self, sha256: bytes, browser_sha256: bytes) -> PendingRequest | None:
        """What was kept under these two, once."""
        found = rows(TAKE_REQUEST, sha256=sha256, browser=browser_sha256)
        if not found:
            return None
        person_id, client_id, parameters, expires_at = found[0]
        return PendingRequest(
            sha256=sha256,
            browser_sha256=browser_sha256,
            person_id=PersonId(person_id),
            client_id=client_id,
            parameters=json.loads(parameters),
            expires_at=expires_at,
        )

    def add_code(self, code: IssuedCode, now: datetime) -> None:
        """Keep a new code, and forget those of yesterday."""
        run(FORGET_CODES, before=now - timedelta(days=1))
        run(ADD_CODE, **vars(code) | {"scopes": list(code.scopes), "methods": list(code.methods)})

    def lock_code(self, sha256: bytes) -> IssuedCode | None:
        """The code; whoever asks for it too waits until this transaction ends."""
        found = rows(LOCK_CODE, sha256=sha256)
        return IssuedCode(**_tuples(found[0])) if found else None

    def use_code(self, sha256: bytes, now: datetime) -> None:
        """The code was presented."""
        run(USE_CODE, sha256=sha256, now=now)

    def add_session(self, session: Session, code_sha256: bytes) -> None:
        """Begin a family with the code that was exchanged for it, and forget those of the person that ended long ago."""
        run(FORGET_SESSIONS, person=session.person_id, before=session.created_at - KEPT)
        run(ADD_SESSION, **vars(session) | {"scopes": list(session.scopes), "methods": list(session.methods)})
        run(TIE_CODE, session=session.id, sha256=code_sha256)

    def session(self, session_id: SessionId) -> Session | None:
        """The family."""
        found = rows(FIND_SESSION, id=session_id)
        return Session(**_tuples(found[0])) if found else None

    def lock_session_of(self, token_sha256: bytes) -> Session | None:
        """The family of a refresh token; whoever asks for it too waits until this transaction ends."""
        found = rows(LOCK_SESSION, sha256=token_sha256)
        return Session(**_tuples(found[0])) if found else None

    def use_session(self, session_id: SessionId, now: datetime, idle_until: datetime) -> None:
        """The family goes on."""
        run(USE_SESSION, id=session_id, now=now, idle=idle_until)

    def revoke(self, session_id: SessionId, now: datetime) -> bool:
        """End the family; the first moment stays. Whether it ended now."""
        return bool(rows(REVOKE, id=session_id, now=now))

    def add_token(self, sha256: bytes, session_id: SessionId, now: datetime) -> None:
        """Keep a new refresh token."""
        run(ADD_TOKEN, sha256=sha256, session=session_id, now=now)

    def token(self, sha256: bytes) -> RefreshToken | None:
        """The refresh token."""
        found = rows(FIND_TOKEN, sha256=sha256)
        return RefreshToken(**found[0]) if found else None

    def replace_token(self, sha256: bytes, now: datetime) -> None:
        """The refresh token has a successor."""
        run(REPLACE_TOKEN, sha256=sha256, now=now)

    def consented(self, person_id: PersonId, client: RegisteredClient) -> frozenset[str]:
        """The scopes that the person allowed the client as it is described now."""
        found = rows(CONSENT, person=person_id, client=client.client_id, described=client.description_sha256)
        return frozenset(found[0][0]) if found else frozenset()

    def keep_consent(self, person_id: PersonId, client: RegisteredClient, scopes: Iterable[str], now: datetime) -> None:
        """Remember what the person allowed the client as it is described now."""
        run(
            KEEP_CONSENT,
            person=person_id,
            client=client.client_id,
            scopes=sorted(scopes),
            described=client.description_sha256,
            now=now,
        )


def _tuples(row: Any) -> dict[str, Any]:
    found = dict(row)
    return found | {"scopes": tuple(found["scopes"]), "methods": tuple(found["methods"])}


def _named(row: Any) -> Named:
    district_id, person_id, given_name, family_name, email = row
    return Named(
        district_id=DistrictId(district_id),
        person_id=PersonId(person_id),
        given_name=given_name,
        family_name=family_name,
        email=email,
    )
