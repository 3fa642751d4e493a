"""SQL of signing in. `$1` is the district in each statement."""

from domain.shared.roles import SECOND_FACTOR_ROLES
from persistence.repositories.sql_fragments import MAY_SIGN_IN, PERSON_WITH_ACCOUNT, role_in

NEEDS_SECOND_FACTOR_BY_ROLE = role_in(SECOND_FACTOR_ROLES)

ACCOUNT = f"""
select p.id as person_id, concat_ws(' ', coalesce(p.preferred_given_name, p.given_name), p.family_name) as name, p.email,
       {MAY_SIGN_IN} as present, a.username, a.password_hash, coalesce(a.break_glass, false) as break_glass, a.deactivated_at,
       a.totp_sealed, a.totp_confirmed_at, a.totp_last_step,
       array_remove(array[p.given_name, p.middle_name, p.family_name, p.preferred_given_name, p.preferred_middle_name,
                          p.preferred_family_name, p.username], null) as names
from {PERSON_WITH_ACCOUNT} where p.district_id = $1
"""

# Locks the person's row, as the account's may not exist yet.
LOCK_PERSON = "select 1 from person where district_id = $1 and id = $2 for no key update"

SAVE_ACCOUNT = """
insert into account (district_id, person_id, username, username_folded, password_hash, break_glass, deactivated_at,
                     totp_sealed, totp_confirmed_at, totp_last_step)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
on conflict (district_id, person_id) do update set
  username = excluded.username, username_folded = excluded.username_folded, password_hash = excluded.password_hash,
  break_glass = excluded.break_glass, deactivated_at = excluded.deactivated_at, totp_sealed = excluded.totp_sealed,
  totp_confirmed_at = excluded.totp_confirmed_at, totp_last_step = excluded.totp_last_step
"""

WAY_PAST_PROVIDERS = f"""
select exists (
  select from {PERSON_WITH_ACCOUNT} where p.district_id = $1 and {MAY_SIGN_IN} and a.break_glass and a.password_hash is not null
)
"""

# A break-glass account signs in without the district's own provider.
WAIVE_SECOND_FACTOR = """
insert into account (district_id, person_id, break_glass, second_factor_waived) values ($1, $2, false, $3)
on conflict (district_id, person_id) do update set second_factor_waived = excluded.second_factor_waived
"""

NEEDS_SECOND_FACTOR = f"""
select not exists (select 1 from account where district_id = $1 and person_id = $2 and second_factor_waived) and (
    exists (select 1 from account where district_id = $1 and person_id = $2
               and (break_glass or totp_confirmed_at is not null))
    or exists (select 1 from assignment where district_id = $1 and person_id = $2 and active and {NEEDS_SECOND_FACTOR_BY_ROLE})
    or exists (select 1 from role_grant where district_id = $1 and person_id = $2 and {NEEDS_SECOND_FACTOR_BY_ROLE}))
"""

VOID_CODES = "delete from account_code where district_id = $1 and person_id = $2 and purpose = $3"
ADD_CODE = "insert into account_code (district_id, code_sha256, person_id, purpose, expires_at) values ($1, $2, $3, $4, $5)"
HOLDER_OF_CODE = """
select person_id from account_code where district_id = $1 and code_sha256 = $2 and purpose = $3 and expires_at > $4
"""
USE_CODE = """
delete from account_code where district_id = $1 and code_sha256 = $2 and purpose = $3 and expires_at > $4 returning person_id
"""

DROP_RECOVERY_CODES = "delete from recovery_code where district_id = $1 and person_id = $2"
ADD_RECOVERY_CODES = "insert into recovery_code (district_id, person_id, code_sha256) select $1, $2, unnest($3::bytea[])"
USE_RECOVERY_CODE = """
delete from recovery_code where district_id = $1 and person_id = $2 and code_sha256 = $3 returning person_id
"""

ADD_BROWSER = """
insert into browser_session (district_id, token_sha256, person_id, stage, methods, signed_in_at, seen_at)
values ($1, $2, $3, $4, $5, $6, $7)
"""
FIND_BROWSER = f"""
select b.person_id, b.stage, b.methods, b.signed_in_at, b.seen_at
from browser_session b join {PERSON_WITH_ACCOUNT} on p.district_id = b.district_id and p.id = b.person_id
where b.district_id = $1 and b.token_sha256 = $2 and {MAY_SIGN_IN}
"""
TOUCH_BROWSER = "update browser_session set seen_at = $3 where district_id = $1 and token_sha256 = $2"
END_BROWSER = "delete from browser_session where district_id = $1 and token_sha256 = $2"
END_BROWSERS_OF = "delete from browser_session where district_id = $1 and person_id = any($2::uuid[])"
VOID_CODES_OF = "delete from account_code where district_id = $1 and person_id = any($2::uuid[])"
SWEEP_BROWSERS = "delete from browser_session where district_id = $1 and signed_in_at < $2"
SWEEP_CODES = "delete from account_code where district_id = $1 and expires_at < $2"
SWEEP_TRIES = "delete from sign_in_tries where district_id = $1 and last_at < $2"

# A row lock alone would not stop the first simultaneous attempts: there is no row yet.
LOCK_SUBJECT = "select pg_advisory_xact_lock(hashtextextended($1::uuid::text || encode($2::bytea, 'hex'), 2))"
LOCK_TRIES = "select failures, last_at, next_at from sign_in_tries where district_id = $1 and subject = $2 for update"
SAVE_TRIES = """
insert into sign_in_tries (district_id, subject, failures, last_at, next_at) values ($1, $2, $3, $4, $5)
on conflict (district_id, subject) do update
set failures = excluded.failures, last_at = excluded.last_at, next_at = excluded.next_at
"""
FORGET_TRIES = "delete from sign_in_tries where district_id = $1 and subject = $2"

PROVIDERS = """
select code, kind, name, issuer, client_id, secret_sealed, tenants, claim, roster_field, exclusive, active, version
from identity_provider where district_id = $1
"""
SAVE_PROVIDER = """
insert into identity_provider (district_id, code, kind, name, issuer, client_id, secret_sealed, tenants, claim, roster_field,
                               exclusive, active, version)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
on conflict (district_id, code) do update set
  kind = excluded.kind, name = excluded.name, issuer = excluded.issuer, client_id = excluded.client_id,
  secret_sealed = excluded.secret_sealed, tenants = excluded.tenants, claim = excluded.claim,
  roster_field = excluded.roster_field, exclusive = excluded.exclusive, active = excluded.active, version = excluded.version
"""
LINKED = "select person_id from identity_link where district_id = $1 and issuer = $2 and subject = $3"
LINKED_BY_SID = "select person_id from identity_link where district_id = $1 and issuer = $2 and $3 = any(sids) limit 1"
LINK = "insert into identity_link (district_id, id, issuer, subject, person_id, linked_at) values ($1, $2, $3, $4, $5, $6)"
REMEMBER_SID = """
update identity_link set sids = (array_prepend($4::bytea, array_remove(sids, $4::bytea)))[1:$5]
where district_id = $1 and issuer = $2 and subject = $3
"""
# Of two providers with one issuer, the first by code. An issuer with a placeholder for the tenant identifies none by itself.
LINKS_OF = """
select l.id, l.issuer, l.subject, l.linked_at,
       (select min(p.code) from identity_provider p where p.district_id = l.district_id and (p.issuer = l.issuer
          or l.issuer = any(select replace(p.issuer, '{tenantid}', t) from unnest(p.tenants) t))) as code
from identity_link l where l.district_id = $1 and l.person_id = $2 order by l.linked_at, l.id
"""
UNLINK = "delete from identity_link where district_id = $1 and person_id = $2 and id = $3 returning id"
END_LINKS = """
update identity_link set ended_at = greatest(ended_at, $4), sids = null
where district_id = $1 and issuer = $2 and person_id = $3
"""
ENDED_AT = "select ended_at from identity_link where district_id = $1 and issuer = $2 and subject = $3"
USE_LOGOUT = """
insert into logout_token (district_id, jti_sha256, expires_at) values ($1, $2, $3)
on conflict (district_id, jti_sha256) do nothing returning jti_sha256
"""
SWEEP_LOGOUTS = "delete from logout_token where district_id = $1 and expires_at < $2"
REMOVE_PROVIDER = "delete from identity_provider where district_id = $1 and code = $2"

_PEOPLE = f"select p.id from {PERSON_WITH_ACCOUNT} where p.district_id = $1 and {MAY_SIGN_IN} and "
PEOPLE_WITH = {
    "sourced_id": _PEOPLE + "p.sourced_id = $2 limit 2",
    "identifier": _PEOPLE + "p.identifier = $2 limit 2",
    "username": _PEOPLE + "p.username_folded = $2 limit 2",
}
PEOPLE_WITH_USER_ID = f"""
select p.id from {PERSON_WITH_ACCOUNT} join person_user_id u on u.district_id = p.district_id and u.person_id = p.id
where p.district_id = $1 and u.type = $2 and u.value = $3 and {MAY_SIGN_IN} limit 2
"""
