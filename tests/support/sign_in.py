"""The sign-in pages over ASGI: a district, its people, letters in memory, a clock by hand, and browsers."""

import re
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from itertools import pairwise
from uuid import uuid4

import asyncpg
import httpx
from argon2 import PasswordHasher

from api.app import AppConfig, create_app
from api.execution.runner import UseCaseRunner
from api.runtime.environment import build_environment
from api.sign_in.password_hashing import Argon2
from domain.accounts.commands import CreateSignInCode
from domain.accounts.usecases.admin import create_sign_in_code
from domain.directory.client_commands import CreateDistrict
from domain.directory.district_lookup import AddDistrictAddress, AddressKind
from domain.directory.usecases.districts_and_clients import add_district_address, create_district, operator_actor
from persistence.database.pool import ConnectionPool

SECRET = "a secret for tests, of more than thirty-two characters"
URL = "https://evenkeel.example.org"
PASSWORD = "seven quiet herons wade"
PAGES = {
    *("/", "/docs", "/docs/guide", "/assets/{path}"),
    *("/sign-in", "/sign-in/clever", "/sign-in/{slug}", "/signed-in", "/sign-out"),
    *("/signed-in/password", "/signed-in/second-step"),
    *("/sign-in/{slug}/code", "/sign-in/{slug}/second-step", "/sign-in/{slug}/enrol"),
    *("/sign-in/{slug}/forgot", "/sign-in/{slug}/reset"),
    *("/sign-in/{slug}/with/{provider}", "/sign-in/{slug}/callback/{provider}"),
    "/sign-in/{slug}/logout/{provider}",
}
"""The pages: whoever comes is not known yet."""
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 2, 15, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, **by) -> None:
        self.now += timedelta(**by)


class SentMail:
    """Letters that were sent."""

    def __init__(self) -> None:
        self.sent = []

    async def send(self, *, to, subject, text) -> None:
        self.sent.append((to, subject, text))


class ParsedPage(HTMLParser):
    """What stands in a page: its form, labels, headings, problems, and every element."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements, self.headings, self.labels, self.inputs, self.links = [], [], [], [], []
        self.action, self._open, self.lang = "", None, None
        self.feed(html)

    def handle_starttag(self, tag, attrs) -> None:
        attributes = dict(attrs)
        self.elements.append((tag, attributes))
        if tag == "html":
            self.lang = attributes.get("lang")
        if tag == "label":
            self.labels.append(attributes["for"])
        if tag == "input":
            self.inputs.append(attributes)
        if tag == "form":
            self.action = attributes["action"]
        if tag == "a":
            self.links.append(attributes["href"])
        if re.fullmatch("h[1-6]", tag):
            self._open = tag

    def handle_data(self, data) -> None:
        if self._open:
            self.headings.append((self._open, data))
            self._open = None

    @property
    def hidden(self) -> dict:
        return {i["name"]: i.get("value", "") for i in self.inputs if i.get("type") == "hidden"}


def assert_usable(page: ParsedPage, language: str) -> None:
    """A page is read and filled without eyes, mouse or scripts."""
    tags = [tag for tag, _ in page.elements]
    shown = [i for i in page.inputs if i.get("type") != "hidden"]
    assert page.lang == language
    assert "script" not in tags
    assert not [a for _, attributes in page.elements for a in attributes if a.startswith("on") or a == "style"]
    assert tags.count("main") == tags.count("h1") == 1
    assert [i["id"] for i in shown] == page.labels
    names = {"code": "one-time-code", "new_code": "one-time-code", "present": "current-password", "username": "username"}
    names |= {"identity": "username", "district": "organization"}
    for i in shown:
        expected = {"current-password", "new-password"} if i["name"] == "password" else {names[i["name"]]}
        assert i["autocomplete"] in expected, i
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(set(ids)) == len(ids)
    described = [name for i in shown for name in i.get("aria-describedby", "").split()]
    assert set(described) <= set(ids)
    # What is wrong is told with the input that it is wrong with, and with all of them where it is none alone.
    assert {name for name in ids if name.endswith("-error")} <= set(described)
    assert all(f"{i['name']}-error" in i["aria-describedby"] for i in shown if i.get("aria-invalid"))
    levels = [int(tag[1]) for tag, _ in page.headings]
    problems = "problem-list" in ids
    assert levels[problems] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels[problems:]))


@dataclass
class Browser:
    """Keeps cookies, follows nothing by itself, and sends forms as they were drawn."""

    http: httpx.AsyncClient

    async def see(self, path: str, **headers) -> ParsedPage:
        self.answer = await self.http.get(path, headers=headers)
        return ParsedPage(self.answer.text)

    async def send(self, page: ParsedPage, **fields) -> httpx.Response:
        """The page's form, with its hidden fields."""
        self.answer = await self.http.post(page.action, data=page.hidden | fields, headers={"origin": URL})
        return self.answer

    async def fill(self, path: str, **fields) -> httpx.Response:
        return await self.send(await self.see(path), **fields)

    @property
    def went(self) -> str:
        return self.answer.headers.get("location", "")

    @property
    def session(self) -> str | None:
        return self.http.cookies.get("__Host-evenkeel-session")


@dataclass
class SignInApp:
    app: object
    owner: object
    clock: Clock
    sent_mail: SentMail
    database: object
    district_id: object = None
    browsers: list = field(default_factory=list)

    def browser(self, address: str = "203.0.113.7", **headers) -> Browser:
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False, client=(address, 1234))
        made = httpx.AsyncClient(transport=transport, base_url=URL, headers=headers)
        self.browsers.append(made)
        return Browser(made)

    async def run(self, use_case, command, district_id=None):
        actor = (
            operator_actor("tests", district_id or self.district_id)
            if district_id or self.district_id
            else operator_actor("tests")
        )
        world = build_environment(self.owner, SECRET, clock=self.clock)
        return await UseCaseRunner(actor=actor, environment=world, request_id="tests").run(use_case, command)

    async def district(self, name="Grand Bend ISD", slug="grand-bend", *addresses):
        made = await UseCaseRunner(
            actor=operator_actor("tests"), environment=build_environment(self.owner, SECRET), request_id="tests"
        ).run(create_district, CreateDistrict(name=name, time_zone="America/Chicago", slug=slug))
        for kind, value in addresses:
            await self.run(add_district_address, AddDistrictAddress(kind=AddressKind(kind), value=value), made.id)
        return made.id

    async def sql(self, statement, *values):
        """Look behind the fence, or set up what only a roster sets."""
        raw = await asyncpg.connect(self.database.admin_url)
        try:
            return await raw.fetch(statement, *values)
        finally:
            await raw.close()

    async def person(self, given="Ada", family="Lopez", district_id=None, **more):
        """A person of the roster; ``role`` makes them somebody."""
        own, role = uuid4(), more.pop("role", None)
        district = district_id or self.district_id
        columns = {"given_name": given, "family_name": family, "sourced_id": str(own), "enabled": True, "active": True} | more
        if "email" in columns:
            columns["email_folded"] = columns["email"].casefold()
        names = ", ".join(columns)
        marks = ", ".join(f"${i}" for i in range(3, len(columns) + 3))
        await self.sql(
            f"insert into person (district_id, id, {names}) values ($1, $2, {marks})", district, own, *columns.values()
        )
        if role:
            org = uuid4()
            await self.sql(
                "insert into org (district_id, id, name, type, active) values ($1, $2, 'Office', 'district', true)",
                district,
                org,
            )
            await self.sql(
                "insert into assignment (district_id, id, person_id, org_id, role_sent, role_type, role, active) "
                "values ($1, $2, $3, $4, 'x', 'primary', $5, true)",
                *(district, uuid4(), own, org, role),
            )
        return own

    async def code(self, person) -> str:
        return (await self.run(create_sign_in_code, CreateSignInCode(person_id=person))).code

    async def account(self, username="ada", password=PASSWORD, **person):
        """A person who chose user name and password with a code."""
        own = await self.person(**person)
        browser = self.browser()
        await browser.fill("/sign-in/grand-bend/code", code=await self.code(own), username=username, password=password)
        assert browser.answer.status_code == 303, browser.answer.text
        return own

    async def signed_in(self, username="ada", password=PASSWORD, next_="", browser=None) -> Browser:
        browser = browser or self.browser()
        path = "/sign-in/grand-bend" + (f"?next={next_}" if next_ else "")
        await browser.fill(path, username=username, password=password)
        return browser

    async def create_app_session(self, person):
        """An app of ``person``: a family of tokens. Its id."""
        own, now = uuid4(), self.clock.now
        await self.sql(
            "insert into session (district_id, id, person_id, client_id, client_name, device, scopes, auth_time, methods, "
            "created_at, used_at, idle_until, absolute_until) values ($1, $2, $3, 'a', 'A', 'x', '{}', $4, '{}', $4, $4, $5, $5)",
            *(self.district_id, own, person, now, now + timedelta(days=90)),
        )
        return own

    async def ended(self, family) -> bool:
        [(revoked,)] = await self.sql("select revoked_at from session where id = $1", family)
        return revoked is not None

    async def audit_rows(self, action) -> list:
        """What the trail says of ``act``."""
        return [
            tuple(r)
            for r in await self.sql("select object_kind, object_id, outcome from audit_event where action = $1", action)
        ]

    async def current_user(self, browser) -> object:
        """Whom the application takes the browser for."""
        from starlette.requests import Request

        cookies = "; ".join(f"{name}={value}" for name, value in browser.http.cookies.items())
        return await self.app.state.signed_in(Request({"type": "http", "headers": [(b"cookie", cookies.encode())]}))


@asynccontextmanager
async def start_sign_in_app(database, *, outbound=None, previous=(), secret=SECRET, **values):
    """The application as bootstrap wires it, with a clock by hand."""
    clock, letters = Clock(), SentMail()
    async with ConnectionPool(database.owner_url, size=2) as owner:
        made_of = AppConfig(
            database_url=database.app_url,
            public_url=URL,
            secret=secret,
            previous_secrets=previous,
            mail=letters,
            passwords=Argon2(CHEAP),
            outbound=outbound,
            clock=clock,
            **values,
        )
        app = create_app(made_of)
        made = SignInApp(app, owner, clock, letters, database)
        made.district_id = await made.district("Grand Bend ISD", "grand-bend", ("mail_domain", "grandbend.k12.tx.us"))
        async with app.router.lifespan_context(app):
            yield made
            for browser in made.browsers:
                await browser.aclose()
