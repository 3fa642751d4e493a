"""An administrator acts in somebody's place, by that person's consent: the header ``Acting-For`` with the person's id.

The person sees less of themselves changed than they could change: nothing about how they sign in, with whom they share, or
what they note, and nothing of administration. Both stand in the trail.
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
"""How a person stands who lets a supporter act for them at this moment: (district, person, supporter, the supporter's session).

Roles that the supporter's sign-in does not satisfy do not apply in the person's place either. None without consent.
"""


async def impersonate(actor: Actor, header: str, find_impersonated: FindImpersonated) -> Actor:
    """``actor`` as the person whose id the header says. Refused (``not_consented``) without their consent at this moment."""
    try:
        person_id = PersonId(UUID(header))
    except ValueError:
        raise Invalid("the header Acting-For holds the id of a person", code=Code.MALFORMED) from None
    standing = None
    if actor.person_context is not None and Role.DISTRICT_ADMIN in actor.person_context.withheld:
        raise Forbidden(SECOND_FACTOR_NEEDED, code=Code.ROLE_MISSING)
    if actor.person_context is not None and actor.session_id is not None and Role.DISTRICT_ADMIN in actor.person_context.roles:
        session_id = SessionId(actor.session_id)
        standing = await find_impersonated(actor.district_id, person_id, actor.person_context.person_id, session_id)
    if standing is None or actor.person_context is None:
        detail = "this person does not let you act for them now; ask them for consent (POST /v1/me/support-consents)"
        raise Forbidden(detail, code=Code.NOT_CONSENTED)
    return replace(
        actor,
        id=str(person_id),
        origin=f"person:{person_id}",
        scopes=actor.scopes - WITHHELD_SCOPES,
        person_context=standing,
        supporter=actor.person_context.person_id,
    )
