"""Runs the use cases that create the demo, as the operator and as clients, at a fixed clock.

Ids come from the clock and a seed, so they are the same in every installation. Secrets are random.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

from api.execution.runner import Environment, UseCaseRunner
from domain.directory.client_commands import CreateClient, CreateDistrict, NewClientView
from domain.directory.usecases.districts_and_clients import create_client, create_district, operator_actor
from domain.directory.views import LeaderView, SchoolView
from domain.shared.context import Actor, ActorKind, Scope
from domain.shared.ids import DistrictId, InitiativeId, PersonId
from domain.shared.roles import PersonContext

CLOCK = datetime(2026, 11, 1, 12, tzinfo=UTC)
SEED = "evenkeel demo"
APP_SCOPES = (
    "directory:read",
    "roster:write",
    "observations:*",
    "assessments:write",
    "scores:read",
    "change:*",
    "advice:read",
    "configuration:*",
    "audit:read",
    "exports:write",
    "admin:*",
)
PARTNER_SCOPES = ("directory:read", "observations:*", "assessments:write")

V = TypeVar("V")
Report = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class DemoUser:
    """A user of the demo; the password is random in each installation."""

    role: str
    username: str
    password: str
    id: PersonId


@dataclass(frozen=True, kw_only=True)
class SeededDistrict:
    """One of the demo's districts."""

    id: DistrictId
    name: str
    clients: tuple[NewClientView, ...]
    schools: tuple[SchoolView, ...]
    leaders: tuple[LeaderView, ...]
    initiative_id: InitiativeId | None
    slug: str
    people: tuple[DemoUser, ...] = ()


class Seeder:
    """Registers a district as the operator, and runs use cases in it as one of its actors."""

    def __init__(self, owner: Environment, app: Environment) -> None:
        self._owner = owner
        self._app = app
        self._operator = operator_actor("demo")
        self._clients: dict[str, Actor] = {}
        self.views: list[NewClientView] = []

    async def run_as_owner(self, use_case: Callable[..., Awaitable[V]], command: Any) -> V:
        """Run a use case as the operator, on the connection of the tables' owner."""
        return await UseCaseRunner(actor=self._operator, environment=self._owner, request_id="demo").run(use_case, command)

    async def add_district(self, name: str, time_zone: str, slug: str) -> DistrictId:
        """Register the district, and the clients `app` and `partner` in it."""
        district = await self.run_as_owner(create_district, CreateDistrict(name=name, time_zone=time_zone, slug=slug))
        self._operator = operator_actor("demo", district.id)
        for origin, scopes in (("app", APP_SCOPES), ("partner", PARTNER_SCOPES)):
            view = await self.run_as_owner(create_client, CreateClient(name=origin, origin=origin, scopes=scopes))
            self.views.append(view)
            self._clients[origin] = Actor(
                kind=ActorKind.CLIENT,
                id=view.client.client_id,
                district_id=district.id,
                origin=origin,
                scopes=frozenset(view.client.scopes),
            )
        return district.id

    async def run_as_operator(self, use_case: Callable[..., Awaitable[V]], command: Any) -> V:
        """Run a use case as the operator, inside the district's tenant isolation."""
        return await self.run_as(self._operator, use_case, command)

    async def run_as_person(self, use_case: Callable[..., Awaitable[V]], command: Any, leader_id: PersonId) -> V:
        """Run a use case as a leader of the district."""
        no_people: frozenset[PersonId] = frozenset()
        person_context = PersonContext(
            person_id=leader_id, roles=frozenset(), schools=frozenset(), leads=True, supervises=no_people, coaches=no_people
        )
        actor = Actor(
            kind=ActorKind.PERSON,
            id=str(leader_id),
            district_id=self._operator.district_id,
            origin=f"person:{leader_id}",
            scopes=frozenset(Scope),
            client_id="demo",
            person_context=person_context,
        )
        return await self.run_as(actor, use_case, command)

    async def run_as(self, actor: Actor, use_case: Callable[..., Awaitable[V]], command: Any) -> V:
        """Run a use case as `actor`, inside the district's tenant isolation."""
        return await UseCaseRunner(actor=actor, environment=self._app, request_id="demo").run(use_case, command)

    async def run_as_client(self, use_case: Callable[..., Awaitable[V]], command: Any, client: str = "app") -> V:
        """Run a use case as `client` (`app` or `partner`), inside the district's tenant isolation."""
        return await self.run_as(self._clients[client], use_case, command)
