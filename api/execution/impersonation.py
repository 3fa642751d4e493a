"""Impersonation: an administrator acts for a person with that person's consent, by the header `Acting-For: <person id>`.

The impersonated actor lacks the scopes for the person's sign-in, shares and notes, and for administration. The audit log
names both people.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from uuid import UUID

from domain.permissions.rules import PERSONAL_SCOPES, SECOND_FACTOR_NEEDED
from domain.shared.context import Actor
from domain.shared.errors import Code, Forbidden, Invalid
from domain.shared.ids import DistrictId, PersonId, SessionId
from domain.shared.roles import PersonContext, Role

HEADER = "acting-for"
WITHHELD_SCOPES = frozenset(scope.value for scope in PERSONAL_SCOPES)

FindImpersonated = Callable[[DistrictId, PersonId, PersonId, SessionId], Awaitable[PersonContext | None]]
"""(district, person, supporter, supporter's session) → the person's context; None without their consent at this moment.

Roles for which the supporter's sign-in is not strong enough are left out.
"""


async def impersonate(actor: Actor, header: str, find_impersonated: FindImpersonated) -> Actor:
    """Return `actor` acting as the person whose id is in `header`.

    Raises `Invalid` when it is not an id, and `Forbidden` without the person's consent at this moment (`not_consented`)
    or the second factor that an administrator needs (`role_missing`).
    """
    try:
        person_id = PersonId(UUID(header))
    except ValueError:
        raise Invalid("the header Acting-For must hold the id of a person", code=Code.MALFORMED) from None
    person_context = None
    if actor.person_context is not None and Role.DISTRICT_ADMIN in actor.person_context.withheld:
        raise Forbidden(SECOND_FACTOR_NEEDED, code=Code.ROLE_MISSING)
    if actor.person_context is not None and actor.session_id is not None and Role.DISTRICT_ADMIN in actor.person_context.roles:
        session_id = SessionId(actor.session_id)
        person_context = await find_impersonated(actor.district_id, person_id, actor.person_context.person_id, session_id)
    if person_context is None or actor.person_context is None:
        detail = "this person has not consented to your acting for them; ask for consent (POST /v1/me/support-consents)"
        raise Forbidden(detail, code=Code.NOT_CONSENTED)
    return replace(
        actor,
        id=str(person_id),
        origin=f"person:{person_id}",
        scopes=actor.scopes - WITHHELD_SCOPES,
        person_context=person_context,
        supporter=actor.person_context.person_id,
    )
