"""No single legal request holds the event loop: what takes long is done by a thread, or in slices between which others run."""

import re
import threading

import pytest

from api.rest import observations as batches
from api.rest import openapi
from domain.observations.usecases import push
from domain.roster import usecases as rosters
from persistence.repositories import roster as stored
from tests.support.payloads import visit
from tests.support.roster_packages import CLEAN, zipped

ZIP = {"Content-Type": "application/zip"}


@pytest.fixture
def threads(monkeypatch):
    """Watches functions: whether each call was in the loop's own thread, by the function's name."""
    own, seen = threading.get_ident(), {}

    def watch(module, name):
        original = getattr(module, name)

        def watched(*arguments, **named):
            seen.setdefault(name, []).append(threading.get_ident() == own)
            return original(*arguments, **named)

        monkeypatch.setattr(module, name, watched)
        return seen

    return watch


async def test_the_openapi_document_is_made_once_and_by_a_thread(service, threads):
    seen = threads(openapi, "_document")
    http = service.anonymous()
    first, second = await http.get("/v1/openapi.json"), await http.get("/v1/openapi.json")
    assert seen == {"_document": [False]}
    assert first.content == second.content
    assert first.headers["content-type"] == "application/json"


def batch_of(number):
    return {"items": [visit(f"x-{n}", "1", "2026-05-01T09:00:00Z", ("focus", 4)) for n in range(number)]}


@pytest.mark.parametrize(("number", "in_loop"), [(1, True), (300, False)])
async def test_a_large_batch_is_read_and_decided_by_threads(district, threads, number, in_loop):
    threads(batches, "parse_batch")
    seen = threads(push, "decide_batch")
    answer = await district.http.post("/v1/observations:batch", json=batch_of(number))
    assert {result["status"] for result in answer.json()["results"]} == {201}
    assert seen == {"parse_batch": [in_loop], "decide_batch": [in_loop]}


def roster_of(people):
    users, roles = CLEAN["users.csv"].splitlines()[0], CLEAN["roles.csv"].splitlines()[0]
    names = "".join(f"p{n},,,true,user{n},{{Badge:{n}}},Given{n},Family{n},,E{n},,,,,,,,,,,s1,\n" for n in range(people))
    given = "".join(f"r{n},,,p{n},primary,teacher,,,s1,\n" for n in range(people))
    return zipped(CLEAN | {"users.csv": f"{users}\n{names}", "roles.csv": f"{roles}\n{given}"})


async def imported(http, people):
    answer = await http.post("/v1/roster-imports?force=true", content=roster_of(people), headers=ZIP)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_a_roster_is_planned_by_a_thread_and_written_in_slices(service, threads, monkeypatch):
    monkeypatch.setattr(stored, "SLICE", 7)
    district = await service.district(roster=False)
    for name in ("read_package", "exclude_erased", "with_roles", "diff_rosters"):
        threads(rosters, name)
    seen = threads(stored, "_person")
    written = []
    original = stored.PgRoster._write

    async def write(self, statement, records, values):
        written.append(statement)
        await original(self, statement, records, values)

    monkeypatch.setattr(stored.PgRoster, "_write", write)
    sizes = watched_sizes(monkeypatch)
    for people in (20, 31, 12):
        await imported(district.http, people)
    assert set(seen) == {"read_package", "exclude_erased", "with_roles", "diff_rosters", "_person"}
    assert not any(in_loop for calls in seen.values() for in_loop in calls)
    assert max(sizes) == 7
    page = (await district.http.get("/v1/people", params={"limit": 100})).json()["items"]
    assert sorted(p["sourced_id"] for p in page if p["active"]) == sorted(f"p{n}" for n in range(12))


def watched_sizes(monkeypatch):
    """How many rows each statement that writes a roster was handed."""
    sizes = []
    original = stored._slices

    def slices(records):
        for part in original(records):
            sizes.append(len(part))
            yield part

    monkeypatch.setattr(stored, "_slices", slices)
    return sizes


async def test_what_is_written_in_slices_is_what_is_written_at_once(service, monkeypatch):
    whole, sliced = await service.district(roster=False), await service.district("Lakeside", roster=False)
    answers = []
    for district, size in ((whole, 1_000), (sliced, 3)):
        monkeypatch.setattr(stored, "SLICE", size)
        made = [await imported(district.http, people) for people in (10, 14, 5, 9)]
        page = (await district.http.get("/v1/people", params={"limit": 100})).json()["items"]
        told = [{k: v for k, v in view.items() if k not in {"id", "created_at"}} for view in made]
        answers.append(re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "id", repr((told, page))))
    assert answers[0] == answers[1]
