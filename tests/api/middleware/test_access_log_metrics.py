"""What an operator sees: lines, counters, and whether the service lives and can serve. Never what people wrote or are called."""

import io
import json
import logging
import re

import asyncpg
import pytest
from sqlalchemy.engine import make_url

from api.app import AppConfig, create_app
from api.logging import JsonFormatter, configure_logging
from api.rest.change import INITIATIVE_BODY
from api.rest.example_ids import OBSERVATION_BODY, UNKNOWN_ID
from api.settings import Misconfigured
from tests.support.open_sockets import open_sockets
from tests.support.service import PUBLIC_URL, SECRET

HIDDEN = "Sibilla Ratched cried in room 12"
ALWAYS = {"time", "level", "event", "logger"}


class Lines(list):
    """What was logged, an object a line."""

    def of(self, event: str) -> list[dict]:
        return [line for line in self if line["event"] == event]


@pytest.fixture
def logged():
    """Everything logged at info and above, as it would stand in the file; call it to read."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(JsonFormatter())
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    for chatty in ("asyncio", "sqlalchemy", "httpx", "alembic", "authlib"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    yield lambda: Lines(json.loads(line) for line in written.getvalue().splitlines())
    root.removeHandler(handler)
    root.setLevel(before)


async def test_each_request_is_one_line_with_its_route_and_never_its_path(district, logged):
    leader = await district.person("207267")
    answer = await district.http.get(
        f"/v1/leaders/{leader}/profile", params={"at": "2026-11-01"}, headers={"X-Request-Id": "walk-through-1"}
    )
    line = next(line for line in logged() if line.get("request_id") == "walk-through-1")
    assert set(line) == ALWAYS | {"request_id", "district_id", "method", "route", "status", "ms"}
    assert (line["event"], line["level"], line["method"], line["status"]) == ("request", "info", "GET", answer.status_code)
    assert line["route"] == "/v1/leaders/{leader_id}/profile"
    assert line["district_id"] == str(district.id)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00", line["time"])
    assert line["ms"] >= 0
    assert leader not in json.dumps(logged())


async def test_a_request_without_a_district_says_none(service, logged):
    await service.anonymous().get("/v1/framework")
    await service.anonymous().get("/nowhere/at/all")
    first, second = logged().of("request")
    assert "district_id" not in first
    assert (first["route"], second["route"]) == ("/v1/framework", "none")
    assert second["status"] == 404


async def test_one_requests_district_does_not_stand_in_the_next_ones_line(district, logged):
    await district.http.get("/v1/people")
    await district.http.get("/v1/framework")
    assert ["district_id" in line for line in logged().of("request")] == [True, False]


async def test_no_name_text_address_or_token_is_ever_logged(service, district, logged):
    http = district.http
    visit = OBSERVATION_BODY | {"observer": {"external_name": "Nurse Nobody"}, "feedback": [{"type": "note", "text": HIDDEN}]}
    await http.post("/v1/observations", json=visit)
    await http.post("/v1/observations", json=visit | {"setting": HIDDEN, "observer": {"email": "secret@example.org"}})
    await http.post("/v1/observations:batch", json={"items": [visit, visit | {"leader": {"email": "secret@example.org"}}]})
    await http.get("/v1/people", params={"email": "secret@example.org"})
    await http.get(f"/v1/people/{HIDDEN}")
    await http.post("/v1/initiatives", json=INITIATIVE_BODY | {"title": HIDDEN})
    await http.post("/v1/roster-imports", content=b"not a zip " + HIDDEN.encode(), headers={"Content-Type": "application/zip"})
    await http.post("/oauth/token", data={"grant_type": "client_credentials"}, auth=("nobody", "a secret of somebody"))
    await http.post("/graphql", json={"query": '{ people(email: "secret@example.org") { edges { node { familyName } } } }'})
    await http.get("/v1/people", headers={"Authorization": "Bearer forged.token.here", "X-Request-Id": HIDDEN})
    await district.import_grand_bend()
    said = json.dumps(logged())
    assert len(logged().of("request")) >= 11
    for secret in (
        HIDDEN, "Ratched", "Nurse", "secret@example.org", "a secret of somebody", "forged.token", "Cameron", "Bearer", "Grand Bend",
        http.headers["authorization"].removeprefix("Bearer "),
    ):  # fmt: skip
        assert secret not in said, secret


async def test_a_refusal_is_information_and_has_no_trace(district, logged):
    await district.http.post(
        "/v1/observations", json=OBSERVATION_BODY | {"setting": "attic"}, headers={"X-Request-Id": "refused-1"}
    )
    await district.http.get(f"/v1/people/{UNKNOWN_ID}")
    refused = logged().of("request_rejected")
    assert [(line["level"], line["code"]) for line in refused] == [("info", "not_allowed"), ("info", "not_found")]
    assert refused[0]["request_id"] == "refused-1"
    assert not any("trace" in line for line in logged())
    assert not [line for line in logged() if line["level"] != "info"]


async def test_what_nobody_expected_is_logged_once_with_its_trace_and_told_to_nobody(service, district, logged, monkeypatch):
    async def stumbles(_request):
        raise RuntimeError("the password is hunter2")

    monkeypatch.setattr(service.app.state, "get_runner", stumbles)
    answer = await district.http.get("/v1/people", headers={"X-Request-Id": "stumbled-1"})
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["x-request-id"] == answer.json()["request_id"] == "stumbled-1"
    assert (answer.json()["code"], answer.json()["retry"], answer.json()["errors"]) == ("internal", "later", [])
    assert "hunter2" not in answer.text
    assert "RuntimeError" not in answer.text
    unexpected = [line for line in logged() if "trace" in line]
    assert [(line["event"], line["level"], line["request_id"]) for line in unexpected] == [
        ("unexpected_error", "error", "stumbled-1")
    ]
    assert "stumbles" in unexpected[0]["trace"]
    assert logged().of("request")[-1]["status"] == 500
    metrics = (await service.anonymous().get("/metrics")).text
    assert 'evenkeel_requests_total{method="GET",route="/v1/people",status="500"} 1.0' in metrics


async def test_a_refused_head_or_unknown_method_is_logged_as_what_it_was(service, logged):
    await service.anonymous().head("/v1/framework")
    await service.anonymous().request("BREW", "/v1/framework")
    assert [(line["method"], line["status"]) for line in logged().of("request")] == [("HEAD", 200), ("other", 405)]


async def test_metrics_count_routes_and_never_ids(service, district):
    for _ in range(3):
        await district.http.get(f"/v1/people/{UNKNOWN_ID}")
    await district.http.get("/v1/framework")
    await district.http.get("/nowhere")
    answer = await service.anonymous().get("/metrics")
    assert (answer.status_code, answer.headers["content-type"].split(";")[0]) == (200, "text/plain")
    lines = answer.text.splitlines()
    assert 'evenkeel_requests_total{method="GET",route="/v1/people/{person_id}",status="404"} 3.0' in lines
    assert 'evenkeel_requests_total{method="GET",route="/v1/framework",status="200"} 1.0' in lines
    assert 'evenkeel_requests_total{method="GET",route="none",status="404"} 1.0' in lines
    assert 'evenkeel_request_seconds_count{route="/v1/people/{person_id}"} 3.0' in lines
    assert any(line.startswith('evenkeel_request_seconds_bucket{le="0.1",route="/v1/framework"}') for line in lines)
    assert UNKNOWN_ID not in answer.text
    assert str(district.id) not in answer.text


async def test_paths_made_up_by_callers_make_no_new_series(service):
    http = service.anonymous()
    for n in range(30):
        await http.get(f"/made/up/{n}")
        await http.request(f"BREW{n}", "/v1")
    lines = [line for line in (await http.get("/metrics")).text.splitlines() if line.startswith("evenkeel_requests_total{")]
    assert sorted(lines) == [
        'evenkeel_requests_total{method="GET",route="none",status="404"} 30.0',
        'evenkeel_requests_total{method="other",route="/v1",status="405"} 30.0',
    ]


async def test_lines_go_to_standard_output_and_the_chatty_are_silenced(capsys):
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    try:
        configure_logging("info")
        logging.getLogger("evenkeel.tests").info("told", extra={"n": 3})
        logging.getLogger("evenkeel.tests").debug("not told")
        logging.getLogger("asyncio").info("not told")
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
    (line,) = capsys.readouterr().out.splitlines()
    assert json.loads(line).items() >= {"event": "told", "n": 3, "level": "info", "logger": "evenkeel.tests"}.items()


async def _as_admin(database, *statements: str) -> None:
    """Say ``statements`` from beside the database itself."""
    beside = make_url(database.admin_url).set(database="postgres").render_as_string(hide_password=False)
    connection = await asyncpg.connect(beside)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


async def test_it_lives_and_is_ready(service):
    http = service.anonymous()
    for path, word in (("/healthz", "alive"), ("/readyz", "ready")):
        answer = await http.get(path)
        assert (answer.status_code, answer.json(), answer.headers["cache-control"]) == (200, {"status": word}, "no-store")


async def test_it_is_not_ready_while_the_schema_is_another(service, database):
    connection = await asyncpg.connect(database.admin_url)
    try:
        await connection.execute("update control.alembic_version set version_num = 'older'")
    finally:
        await connection.close()
    answer = await service.anonymous().get("/readyz")
    assert (answer.status_code, answer.json()) == (503, {"status": "not ready"})
    assert (await service.anonymous().get("/healthz")).status_code == 200


async def test_it_lives_but_is_not_ready_while_the_database_is_away_and_comes_back(service, district, database, logged):
    gone = f"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{database.name}'"
    await _as_admin(database, f"alter database {database.name} with allow_connections false", gone)
    assert (await service.anonymous().get("/readyz")).status_code == 503
    assert (await service.anonymous().get("/healthz")).status_code == 200
    away = await district.http.get("/v1/people")
    assert (away.status_code, away.json()["code"], away.headers["retry-after"]) == (503, "unavailable", "5")
    assert "postgres" not in away.text
    await _as_admin(database, f"alter database {database.name} with allow_connections true")
    assert (await service.anonymous().get("/readyz")).status_code == 200
    assert (await district.http.get("/v1/people")).status_code == 200


async def _started(url: str) -> None:
    app = create_app(AppConfig(database_url=url, public_url=PUBLIC_URL, secret=SECRET))
    async with app.router.lifespan_context(app):
        pass


async def test_it_starts_as_the_role_that_serves(database):
    await _started(database.app_url)


async def test_it_refuses_to_start_as_the_owner(database):
    with pytest.raises(Misconfigured, match=r"evenkeel_owner owns tables.*set DATABASE_URL to the serving role, evenkeel_app"):
        await _started(database.owner_url)


async def test_it_refuses_to_start_as_a_superuser(database):
    with pytest.raises(Misconfigured) as refused:
        await _started(database.admin_url)
    assert any("is a superuser" in sentence for sentence in refused.value.sentences)


@pytest.mark.parametrize(
    ("powers", "sentence"),
    [
        ("bypassrls", "bypasses row-level security"),
        ("in role evenkeel_owner", "is a member of the role that does"),
        ("superuser", "is a superuser"),
    ],
)
async def test_it_refuses_to_start_as_a_role_that_could_get_past_the_fence(database, powers, sentence):
    name = f"sly_{database.name}"
    url = make_url(database.app_url).set(username=name, password="sly").render_as_string(hide_password=False)
    await _as_admin(
        database, f"create role {name} login password 'sly' {powers}", f"grant connect on database {database.name} to {name}"
    )
    try:
        with pytest.raises(Misconfigured) as refused:
            await _started(url)
    finally:
        await _as_admin(database, f"revoke all on database {database.name} from {name}", f"drop role {name}")
    assert any(f"{name} " in told and sentence in told for told in refused.value.sentences)
    assert "sly'" not in str(refused.value)


async def test_a_start_that_is_refused_leaves_no_connection_open(database):
    before = open_sockets()
    with pytest.raises(Misconfigured):
        await _started(database.owner_url)
    assert open_sockets() == before


async def test_it_refuses_to_start_on_another_schema_and_names_the_remedy(database, bare_database):
    with pytest.raises(Misconfigured, match="run evenkeel migrate"):
        await _started(bare_database.app_url)
    connection = await asyncpg.connect(database.admin_url)
    try:
        await connection.execute("update control.alembic_version set version_num = 'older'")
    finally:
        await connection.close()
    with pytest.raises(Misconfigured, match=r"at older.*run evenkeel migrate"):
        await _started(database.app_url)
