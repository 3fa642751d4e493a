"""The current roles of the person of an access token, read at every request: a withdrawn right ends with the next request."""

from domain.shared.context import Actor, ActorKind
from domain.shared.ids import DistrictId, PersonId, SessionId
from domain.shared.roles import PersonContext
from persistence.database.pool import ConnectionPool
from persistence.repositories.person_roles import load_person_context, load_session_context, methods_of
from persistence.unit_of_work import begin_unit_of_work

CONSENTED = """
select exists (
  select from support_consent where district_id = $1 and person_id = $2 and supporter_id = $3 and until > now()
)
"""


class PgBearerStatus:
    """Reads whether and how a token's person has access."""

    def __init__(self, pool: ConnectionPool) -> None:
        self._pool = pool

    async def impersonation_context(
        self, district_id: DistrictId, person_id: PersonId, supporter_id: PersonId, session_id: SessionId
    ) -> PersonContext | None:
        """Return the person's context, with the supporter's login methods; None without a consent that is valid now."""
        reader = Actor(kind=ActorKind.PERSON, id=str(supporter_id), district_id=district_id, origin="", scopes=frozenset())
        async with begin_unit_of_work(self._pool, reader, read_only=True) as unit:
            if not await unit.connection.fetchval(CONSENTED, district_id, person_id, supporter_id):
                return None
            methods = await methods_of(unit.connection, district_id, supporter_id, session_id)
            return await load_person_context(unit.connection, district_id, person_id, methods=methods)

    async def person_context(self, district_id: DistrictId, person_id: PersonId, session_id: SessionId) -> PersonContext | None:
        """Return the person's context; None when the person is inactive or the session has ended."""
        reader = Actor(
            kind=ActorKind.PERSON,
            id=str(person_id),
            district_id=district_id,
            origin="",
            scopes=frozenset(),
            session_id=session_id,
        )
        async with begin_unit_of_work(self._pool, reader, read_only=True) as unit:
            return await load_session_context(unit.connection, district_id, person_id, session_id)
