"""People who signed in: use cases run as a person of a district, who stands as the database says."""

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from api.execution.runner import UseCaseRunner
from api.runtime.environment import build_environment
from domain.directory.usecases.districts_and_clients import operator_actor
from domain.shared.context import Actor, ActorKind, Scope
from domain.shared.ids import PersonId
from domain.shared.roles import PersonContext, Role
from persistence.database.pool import ConnectionPool
from persistence.repositories.person_roles import load_person_context
from tests.support.service import SECRET
from tests.support.units import tenant_connection

ALL = frozenset(scope.value for scope in Scope)
STRONG = frozenset({"pwd", "otp"})


async def run(database, actor, use_case, command):
    """What ``use_case`` answers to ``actor``, on the connection of the role that serves."""
    async with ConnectionPool(database.app_url, size=2) as pool:
        return await UseCaseRunner(actor=actor, environment=build_environment(pool, SECRET), request_id="tests").run(
            use_case, command
        )


@dataclass(frozen=True)
class Person:
    """A person of a district, by the roster's name for them."""

    district: Any
    id: PersonId

    @property
    def ref(self) -> dict:
        return {"id": str(self.id)}

    async def actor(self, scopes=ALL, methods=STRONG, **more) -> Actor:
        """The actor that a token of theirs would make at this moment, from a sign-in by ``methods``."""
        async with tenant_connection(self.district.service.database.app_url, UUID(str(self.district.id))) as raw:
            standing = await load_person_context(raw, self.district.id, self.id, methods=methods)
        return Actor(
            kind=ActorKind.PERSON,
            id=str(self.id),
            district_id=self.district.id,
            origin=f"person:{self.id}",
            scopes=scopes,
            client_id="app",
            person_context=standing,
            **more,
        )

    async def do(self, use_case, command, scopes=ALL, **more):
        """What ``use_case`` answers to them."""
        return await run(self.district.service.database, await self.actor(scopes, **more), use_case, command)


async def person(district, sourced_id) -> Person:
    """The person whom the roster calls so."""
    return Person(district, PersonId(UUID(await district.person(sourced_id))))


async def operate(district, use_case, command):
    """What ``use_case`` answers to the operator."""
    return await run(district.service.database, operator_actor("tests", district.id), use_case, command)


def become(actor: Actor, person_id: str, *roles: Role, leads: bool = True) -> Actor:
    """``actor``, a machine's, as a person of the same district who holds ``roles`` and every scope."""
    standing = PersonContext(
        person_id=PersonId(UUID(str(person_id))),
        roles=frozenset(roles),
        schools=frozenset(),
        leads=leads,
        supervises=frozenset(),
        coaches=frozenset(),
    )
    origin = f"person:{person_id}"
    return replace(actor, kind=ActorKind.PERSON, id=str(person_id), origin=origin, scopes=ALL, person_context=standing)
