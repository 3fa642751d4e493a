"""Whatever LOG_LEVEL is, the log holds ids and events: no secret, no token, no name, no free text, also not of a library's."""

import asyncio
import csv
import io
import json
import logging
import sys
import zipfile

import pytest

from api.logging import JsonFormatter, configure_logging
from api.rest.change import GROUP_BODY, INITIATIVE_BODY, PULSE
from api.rest.example_ids import OBSERVATION_BODY
from tests.support.attacks import admin_connection
from tests.support.service import GRAND_BEND, SECRET

FAILING = """
create function failing() returns trigger language plpgsql as $$ begin raise exception 'row is %', new; end $$;
create trigger failing before insert on feedback for each row execute function failing()
"""
TOLD = {
    "feedback": "The wombat sat beside the quokka",
    "observer": "Quokkawright Wombatson",
    "external_id": "walk-of-the-wombats-17",
    "title": "Plan that nobody may read aloud",
    "group": "Teachers of the secret garden",
    "email": "quokka.wombat@example.org",
    "key": "idempotent-wombat-key",
    "search": "searched-for-wombat",
    "path": "path-of-the-wombat",
}


@pytest.fixture
def written(monkeypatch):
    """Everything that is written to the log at LOG_LEVEL debug; how logging was is put back."""
    loggers = [logging.getLogger(), *(logging.getLogger(name) for name in list(logging.root.manager.loggerDict))]
    before = [(each, each.level, list(each.handlers)) for each in loggers]
    out = io.StringIO()
    monkeypatch.setattr(sys, "stdout", out)
    configure_logging("debug")
    yield out
    for each, level, handlers in before:
        each.setLevel(level)
        each.handlers[:] = handlers


def names_of_the_roster():
    """Family names and addresses of Grand Bend, those long enough to be no part of a word of ours."""
    with zipfile.ZipFile(GRAND_BEND) as package:
        rows = list(csv.DictReader(io.StringIO(package.read("users.csv").decode("utf-8-sig"))))
    return {row[name] for row in rows for name in ("familyName", "email", "username") if len(row[name]) >= 6}


async def scenario(service):
    """A day of the service: a roster, tokens, pushes, advice, GraphQL, refusals of every kind, and a fault of the database."""
    district = await service.district()
    http = district.http
    token = http.headers["authorization"].removeprefix("Bearer ")
    visit = OBSERVATION_BODY | {
        "external_id": TOLD["external_id"],
        "feedback": [{"type": "note", "text": TOLD["feedback"]}],
        "observer": {"external_name": TOLD["observer"]},
    }
    leader = await district.person("207267")
    made = await http.post(
        "/v1/initiatives", json=INITIATIVE_BODY | {"title": TOLD["title"]}, headers={"Idempotency-Key": TOLD["key"]}
    )
    initiative = made.json()["id"]
    group = await http.post(f"/v1/initiatives/{initiative}/groups", json=GROUP_BODY | {"name": TOLD["group"]})
    pulses = f"/v1/initiatives/{initiative}/groups/{group.json()['id']}/magnitude/pulses/2026-10-12"
    answers = [
        await http.post("/v1/observations", json=visit),
        await http.post("/v1/observations:batch", json={"items": [visit, visit | {"leader": {"email": TOLD["email"]}}]}),
        await http.post("/v1/observations", json=visit | {"setting": TOLD["search"], TOLD["search"]: 1}),
        await http.put(pulses, json={"answers": PULSE}),
        await http.get(f"/v1/leaders/{leader}/profile"),
        await http.get(f"/v1/initiatives/{initiative}/recommendations"),
        await http.get("/v1/people", params={"email": TOLD["email"]}),
        await http.get(f"/v1/{TOLD['path']}?x={TOLD['search']}"),
        await http.post("/graphql", json={"query": f'{{ people(input: {{email: "{TOLD["email"]}"}}) {{ edges {{ cursor }} }} }}'}),
        await http.post("/graphql", json={"query": f"{{ {TOLD['search'].replace('-', '_')} }}"}),
        await service.anonymous().get("/v1/people", headers={"Authorization": f"Bearer {token}x"}),
        await service.anonymous().post("/oauth/token", data={"grant_type": "client_credentials", "client_id": TOLD["search"], "client_secret": TOLD["key"]}),
        await http.post("/v1/roster-imports", content=b"PK" + TOLD["feedback"].encode(), headers={"Content-Type": "application/zip"}),
    ]  # fmt: skip
    async with admin_connection(service.database) as connection:
        await connection.execute(FAILING)
    answers += [
        await http.post("/v1/observations", json=visit | {"external_id": TOLD["external_id"] + "-2"}),
        await http.post("/graphql", json={"query": PUSH, "variables": {"i": {"items": [{"push": CAMEL}]}}}),
    ]
    return [token], [a.status_code for a in answers]


PUSH = "mutation($i: PushObservationsInput!) { pushObservations(input: $i) { counts { n } } }"
CAMEL = {
    "purpose": "formative",
    "leader": {"sourcedId": "207267"},
    "observer": {"externalName": TOLD["observer"]},
    "school": {"sourcedId": "255901001"},
    "observedAt": "2026-03-02T08:30:00Z",
    "setting": "classroom",
    "ratings": [{"responsibility": "focus", "value": 3}],
    "feedback": [{"type": "note", "text": TOLD["feedback"]}],
}


async def test_a_day_at_log_level_debug_tells_nothing_of_anybody(service, written):
    tokens, statuses = await scenario(service)
    lines = written.getvalue().splitlines()
    assert {200, 201, 401, 404, 422, 500} <= set(statuses)
    assert [json.loads(line)["event"] for line in lines].count("request") >= 20
    assert any("trace" in json.loads(line) for line in lines)
    parts = {part for token in tokens for part in (token, token.rpartition(".")[2], token.split(".")[1])}
    secrets = {SECRET, *parts, *TOLD.values(), *names_of_the_roster()}
    found = {(secret, line) for line in lines for secret in secrets if secret in line}
    assert found == set()


@pytest.mark.parametrize(
    "name",
    [
        "authlib.oauth2.rfc6749",
        "httpx",
        "httpx2",
        "httpcore2.http11",
        "sqlalchemy.engine.Engine",
        "asyncpg",
        "pgqueuer",
        "unheard.of",
    ],
)
def test_what_a_library_says_at_debug_and_info_is_not_written(written, name):
    for level in (logging.DEBUG, logging.INFO):
        logging.getLogger(name).log(level, "token %s", "abc-secret")
    assert written.getvalue() == ""


def test_of_a_librarys_warning_the_sentence_is_written_and_not_what_is_in_it(written):
    logging.getLogger("unheard.of").warning("no answer from %s", "abc-secret", extra={"url": "abc-secret"})
    line = json.loads(written.getvalue())
    assert line["event"] == "no answer from %s"
    assert "abc-secret" not in written.getvalue()


async def test_a_task_that_fails_unseen_is_told_without_what_it_said(written):
    loop = asyncio.get_running_loop()

    word = "abc-secret"

    async def failing():
        raise ValueError(word)

    task = loop.create_task(failing())
    await asyncio.wait([task])
    loop.default_exception_handler(
        {"message": "Task exception was never retrieved", "future": task, "exception": task.exception()}
    )
    assert "never retrieved" in written.getvalue()
    assert "abc-secret" not in written.getvalue()


def test_a_trace_holds_no_word_of_what_went_wrong_nor_of_what_caused_it():
    word = "abc-secret"  # a trace quotes the line of code that fails, so the word stands elsewhere

    def failing():
        raise KeyError(word)

    try:
        try:
            failing()
        except KeyError as cause:
            cause.add_note(word)
            raise RuntimeError(word) from cause
    except RuntimeError:
        record = logging.getLogger("evenkeel").makeRecord("evenkeel", 40, "", 1, "unexpected_error", (), sys.exc_info())
    line = JsonFormatter().format(record)
    assert "RuntimeError" in line
    assert "KeyError" in line
    assert word not in line
