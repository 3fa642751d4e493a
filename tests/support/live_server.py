"""The whole application behind a real socket, and browsers that press its buttons: for clients that know nothing of us."""

import asyncio
import re
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import httpx
import uvicorn

from api.app import AppConfig, create_app
from api.execution.runner import UseCaseRunner
from api.runtime.environment import build_environment
from domain.directory.client_commands import CreateClient, CreateDistrict, EnableClient, NewClientView
from domain.directory.redirect_uris import ClientKind
from domain.directory.usecases.districts_and_clients import create_client, create_district, enable_client, operator_actor
from domain.shared.ids import DistrictId, PersonId
from persistence.database.pool import ConnectionPool
from persistence.unit_of_work import begin_unit_of_work
from tests.support.oauth_server import ADD_PERSON, FakeSignIn, SignedInPerson
from tests.support.postgres import Database
from tests.support.service import SECRET
from tests.support.units import WHOLE

HANDLE = re.compile(r'name="request" value="([^"]+)"')


@dataclass
class LiveServer:
    """An instance that serves at ``url``."""

    url: str
    app: Any
    owner: ConnectionPool
    served: ConnectionPool
    sign_in: FakeSignIn

    async def operate(self, use_case: Any, command: Any, district_id: UUID | None = None) -> Any:
        """A use case of the operator."""
        actor = operator_actor("tests", DistrictId(district_id)) if district_id else operator_actor("tests")
        return await UseCaseRunner(actor=actor, environment=build_environment(self.owner, SECRET), request_id="tests").run(
            use_case, command
        )

    async def district(self, name: str = "Grand Bend") -> DistrictId:
        made = await self.operate(create_district, CreateDistrict(name=name, time_zone="America/Chicago"))
        found: DistrictId = made.id
        return found

    async def person(self, district_id: DistrictId, given: str = "Ada") -> SignedInPerson:
        person_id = PersonId(uuid4())
        async with begin_unit_of_work(self.served, operator_actor("tests", district_id), permission=WHOLE) as unit:
            await unit.connection.execute(ADD_PERSON, district_id, person_id, given, f"{given.lower()}@example.org")
            await unit.commit()
        return SignedInPerson(district_id, person_id, datetime.now(UTC))

    async def client(self, district_id: DistrictId, kind: ClientKind, **changes: Any) -> NewClientView:
        made = {"name": "Walks", "origin": "walks", "scopes": ("directory:read", "scores:read"), "kind": kind} | changes
        found: NewClientView = await self.operate(create_client, CreateClient(**made), district_id)
        return found

    async def enable(self, district_id: DistrictId, client_id: str) -> None:
        await self.operate(enable_client, EnableClient(client_id=client_id), district_id)

    async def browse(self, address: str, somebody: SignedInPerson, *, follow: bool = False) -> str:
        """Open ``address`` in a browser in which somebody is signed in, allow what is asked; where that leads to."""
        async with httpx.AsyncClient(base_url=self.url) as browser:
            self.sign_in.sign_in(somebody, browser)
            page = await browser.get(address)
            if page.status_code == 200:
                found = HANDLE.search(page.text)
                assert found, page.text
                form = {"request": found[1], "decision": "allow"}
                page = await browser.post("/oauth/authorize", data=form, headers={"Origin": self.url})
            assert page.status_code == 303, page.text
            location = page.headers["location"]
            if follow:
                assert (await browser.get(location)).status_code == 200
            return location


@asynccontextmanager
async def live_server(database: Database) -> AsyncIterator[LiveServer]:
    """The application on a free port of this machine, as it is served, but for the sign-in pages."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        sign_in = FakeSignIn()
        app = create_app(AppConfig(database_url=database.app_url, public_url=url, secret=SECRET), sign_in=sign_in)
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False, lifespan="on"))
        serving = asyncio.create_task(server.serve([taken]))
        while not server.started:
            assert not serving.done(), "the instance did not start"
            await asyncio.sleep(0.01)
        owner, served = ConnectionPool(database.owner_url, size=2), ConnectionPool(database.app_url, size=2)
        try:
            yield LiveServer(url, app, owner, served, sign_in)
        finally:
            server.should_exit = True
            await serving
            await owner.close()
            await served.close()
