"""The actor of a job: its requester, looked up when the job begins, with those of the original scopes that they still have."""

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from domain.directory.oauth_clients import RegisteredClient
from domain.directory.usecases.districts_and_clients import operator_actor
from domain.jobs.model import Requester
from domain.shared.context import Actor, ActorKind
from domain.shared.errors import Unauthenticated
from domain.shared.ids import DistrictId, PersonId, SessionId

FindClient = Callable[[str], Awaitable[RegisteredClient | None]]


@dataclass(frozen=True, kw_only=True)
class JobActors:
    """Turns requesters into actors; a person gets their current context."""

    find_client: FindClient
    open_unit: Callable[[Actor], AbstractAsyncContextManager[Any]]

    async def actor_for(self, requester: Requester, district_id: DistrictId) -> Actor:
        """Return the actor for `requester`.

        Raises `Unauthenticated` when the client or the session was revoked, or the person is no longer active.
        """
        if requester.kind is ActorKind.OPERATOR:
            return operator_actor(requester.id, district_id)
        if requester.kind is ActorKind.CLIENT:
            return await self._client_actor(requester, district_id)
        return await self._person_actor(requester, district_id)

    async def _client_actor(self, requester: Requester, district_id: DistrictId) -> Actor:
        client = await self._client(requester.id, district_id)
        return Actor(
            kind=ActorKind.CLIENT,
            id=client.client_id,
            district_id=district_id,
            origin=client.origin,
            scopes=frozenset(requester.scopes) & client.scopes,
            client_id=client.client_id,
            evaluates=client.evaluates,
        )

    async def _person_actor(self, requester: Requester, district_id: DistrictId) -> Actor:
        scopes, evaluates = frozenset(requester.scopes), False
        if requester.client_id:
            app = await self._client(requester.client_id, district_id)
            scopes, evaluates = scopes & app.scopes, app.evaluates
        person_id = PersonId(UUID(requester.id))
        session_id = None if requester.session_id is None else SessionId(requester.session_id)
        async with self.open_unit(operator_actor("worker", district_id)) as unit:
            person_context = await unit.running_jobs.person_context(person_id, session_id)
            # Revoked, not expired: a job may wait for longer than a session without offline_access lives.
            revoked = session_id is not None and await unit.running_jobs.session_revoked(person_id, session_id)
        if revoked:
            raise Unauthenticated("the session that requested this job was ended before it began; sign in and request it again")
        if person_context is None:
            raise Unauthenticated(
                "the person who requested this job is no longer active in the district; have somebody else request it"
            )
        return Actor(
            kind=ActorKind.PERSON,
            id=requester.id,
            district_id=district_id,
            origin=f"person:{requester.id}",
            scopes=scopes,
            client_id=requester.client_id,
            session_id=requester.session_id,
            person_context=person_context,
            evaluates=evaluates,
        )

    async def _client(self, client_id: str, district_id: DistrictId) -> RegisteredClient:
        client = await self.find_client(client_id)
        if client is None or client.revoked_at is not None or district_id not in client.districts:
            raise Unauthenticated("the client that requested this job no longer has access; request it with another client")
        return client
