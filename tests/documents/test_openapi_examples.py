"""Every example of the documents, sent as it stands to a freshly made demo, is answered as the documents say."""

import json
from contextlib import asynccontextmanager

import pytest
import pytest_asyncio
from jsonschema import Draft202012Validator

from api.app import AppConfig, create_app
from api.cli.openapi_export import openapi_document
from api.demo.districts import seed_demo
from api.demo.seeder import CLOCK, SEED
from api.execution.ids import SeededIdGenerator
from api.rest.example_ids import LEADER
from api.runtime.environment import build_environment
from api.security.bearer_tokens import TokenVerifier
from persistence.database.pool import ConnectionPool
from tests.api.rest.test_validation import well_formed
from tests.support.example_bodies import example_body
from tests.support.people import become
from tests.support.postgres import clone
from tests.support.service import PUBLIC_URL, SECRET, serving

pytestmark = pytest.mark.asyncio(loop_scope="module")
DOCUMENT = openapi_document()
OPERATIONS = create_app(
    AppConfig(database_url="postgresql://x@127.0.0.1/x", public_url=PUBLIC_URL, secret=SECRET)
).state.operations
EXAMPLES = [(path, operation, example) for path, operation in OPERATIONS for example in operation.examples]
NAMES = [f"{operation.method} {path} {example.summary}" for path, operation, example in EXAMPLES]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def demo(module_database):
    """The database of a demo just made, and the credentials of its client."""
    ids = SeededIdGenerator(SEED, lambda: CLOCK)
    owner, app = (ConnectionPool(url, size=2) for url in (module_database.owner_url, module_database.app_url))
    worlds = [build_environment(pool, SECRET, clock=lambda: CLOCK, new_id=ids) for pool in (owner, app)]
    made, _ = await seed_demo(*worlds, report=lambda _: None)
    await owner.close()
    await app.close()
    client = made.clients[0]
    return module_database, (client.client.client_id, client.client_secret)


@asynccontextmanager
async def fresh(demo):
    """An application on a copy of the demo, with a client that holds every scope."""
    database, credentials = demo
    with clone(database.name) as copied:
        async with serving(copied) as service:
            http = service.anonymous()
            token = (await http.post("/oauth/token", data={"grant_type": "client_credentials"}, auth=credentials)).json()
            http.headers["Authorization"] = f"Bearer {token['access_token']}"
            yield http


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def unchanged(demo):
    """One copy for all that changes nothing."""
    async with fresh(demo) as http:
        yield http


@pytest.fixture
def signed_in(monkeypatch):
    """Whatever token is sent is that of a person of the demo."""
    known = TokenVerifier.authenticate

    async def actor_of(self, authorization):
        return become(await known(self, authorization), LEADER)

    return lambda: monkeypatch.setattr(TokenVerifier, "authenticate", actor_of)


async def sent(http, path, operation, example):
    body = example_body(example.body)
    media = {"Content-Type": operation.media_type}
    content = body if isinstance(body, bytes) else None if operation.method == "GET" else json.dumps(body)
    return await http.request(
        operation.method, path.format_map(example.path), params=example.query, headers=media | example.headers, content=content
    )


def schema_errors(path, operation, answer):
    """Faults of ``answer`` against the document: a member that is missing, unknown or of another type."""
    schema = DOCUMENT["paths"][path][operation.method.lower()]["responses"][str(answer.status_code)]["content"][
        "application/json"
    ]["schema"]
    found = Draft202012Validator(schema | {"components": closed(DOCUMENT["components"])}).iter_errors(answer.json())
    return [f"{e.json_path}: {e.message[:200]}" for e in found]


def closed(components):
    """``components`` as they are, but nothing may be shown that is not told."""
    schemas = {
        name: schema | {"additionalProperties": False} if "properties" in schema and name != "Problem" else schema
        for name, schema in components["schemas"].items()
    }
    return components | {"schemas": schemas}


def otherwise(operation, example):
    """The other status with which the operation succeeds: of a preview, of a job, of what was there already."""
    if operation.preview and "dry_run" in example.query:
        return 200
    return 202 if operation.async_use_case else 200


@pytest.mark.parametrize("case", EXAMPLES, ids=NAMES)
async def test_an_example_is_answered_with_its_documented_status(demo, unchanged, signed_in, case):
    path, operation, example = case
    assert example.status == operation.status or example.status >= 400 or example.status == otherwise(operation, example)
    if example.person:
        signed_in()
    if operation.key and example.status < 400:
        async with fresh(demo) as http:
            answer = await sent(http, path, operation, example)
            assert answer.status_code == example.status, answer.text
            location = answer.headers.get("location")
            assert location is None or (await http.get(location)).status_code == 200
    else:
        answer = await sent(unchanged, path, operation, example)
    assert answer.status_code == example.status, answer.text
    if example.status >= 400:
        well_formed(answer)
        assert str(example.status) in DOCUMENT["paths"][path][operation.method.lower()]["responses"]
    else:
        assert schema_errors(path, operation, answer) == []


@pytest.mark.parametrize(("path", "operation"), OPERATIONS, ids=[f"{o.method} {p}" for p, o in OPERATIONS])
async def test_an_operation_shows_how_it_succeeds_and_how_it_refuses(path, operation):
    statuses = {example.status for example in operation.examples}
    assert min(statuses) < 300
    assert max(statuses) >= 400
    assert len({example.summary for example in operation.examples}) == len(operation.examples)


async def test_what_an_operation_answers_when_it_makes_something_is_told():
    made = [path for path, operation in OPERATIONS if operation.status == 201]
    assert len(made) >= 8
