"""The whole application over ASGI on a real database, with districts and clients made by the real use cases."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from api.app import AppConfig, create_app
from api.demo.seeder import APP_SCOPES
from api.execution.runner import UseCaseRunner
from api.runtime.environment import build_environment
from domain.directory.client_commands import CreateClient, CreateDistrict
from domain.directory.usecases.districts_and_clients import create_client, create_district, operator_actor
from persistence.database.pool import ConnectionPool

SECRET = "a secret for tests, of more than thirty-two characters"
PUBLIC_URL = "http://127.0.0.1:8000"
GRAND_BEND = Path(__file__).parents[2] / "api" / "demo" / "grand-bend-oneroster-1.2-bulk.zip"


@dataclass
class District:
    """A district with a client that holds every scope."""

    service: "Service"
    id: str
    http: httpx.AsyncClient

    async def client(self, scopes=APP_SCOPES, origin="app") -> httpx.AsyncClient:
        """Another client of this district, with a token."""
        return await self.service.client(self.id, scopes, origin)

    async def import_grand_bend(self) -> None:
        """The roster of Grand Bend, through the API."""
        answer = await self.http.post(
            "/v1/roster-imports", content=GRAND_BEND.read_bytes(), headers={"content-type": "application/zip"}
        )
        assert answer.status_code == 201, answer.text

    async def person(self, sourced_id: str) -> str:
        """The id of the person whom the roster calls so."""
        answer = await self.http.get("/v1/people", params={"sourced_id": sourced_id})
        return answer.json()["items"][0]["id"]


@dataclass
class Service:
    """A running application."""

    app: object
    database: object
    owner: object
    clients: list = field(default_factory=list)

    async def district(self, name="Grand Bend ISD", time_zone="America/Chicago", *, roster=True) -> District:
        """A new district, with the roster of Grand Bend unless told otherwise."""
        call = UseCaseRunner(
            actor=operator_actor("tests"), environment=build_environment(self.owner, SECRET), request_id="tests"
        )
        made = await call.run(create_district, CreateDistrict(name=name, time_zone=time_zone))
        district = District(self, made.id, await self.client(made.id, APP_SCOPES, "app"))
        if roster:
            await district.import_grand_bend()
        return district

    async def client(self, district_id, scopes, origin) -> httpx.AsyncClient:
        """An HTTP client that carries a token of a new OAuth client."""
        call = UseCaseRunner(
            actor=operator_actor("tests", district_id), environment=build_environment(self.owner, SECRET), request_id="tests"
        )
        made = await call.run(create_client, CreateClient(name=origin, origin=origin, scopes=tuple(scopes)))
        http = self.anonymous()
        answer = await http.post(
            "/oauth/token", data={"grant_type": "client_credentials"}, auth=(made.client.client_id, made.client_secret)
        )
        http.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
        return http

    def anonymous(self) -> httpx.AsyncClient:
        """An HTTP client without a token."""
        made = asgi(self.app)
        self.clients.append(made)
        return made


def asgi(app, address="127.0.0.1") -> httpx.AsyncClient:
    """An HTTP client of ``app`` that asks from ``address``."""
    transport = httpx.ASGITransport(app, raise_app_exceptions=False, client=(address, 123))
    return httpx.AsyncClient(transport=transport, base_url=PUBLIC_URL)


@asynccontextmanager
async def serving(database, **values) -> AsyncIterator[Service]:
    """The application on ``database``, as the role that serves; ``values`` are those of bootstrap."""
    app = create_app(AppConfig(**{"database_url": database.app_url, "public_url": PUBLIC_URL, "secret": SECRET} | values))
    owner = ConnectionPool(database.owner_url, size=2)
    service = Service(app, database, owner)
    async with app.router.lifespan_context(app):
        yield service
        for client in service.clients:
            await client.aclose()
    await owner.close()
