"""Twice is once: identity, versions and retraction of what is pushed (openapi/README.md 3)."""

from dataclasses import dataclass

import asyncpg
import pytest

from api.execution.content_hash import content_hash
from domain.observations.commands import PushedFeedback
from tests.support.partner_year import profiles, tally_rows
from tests.support.payloads import retract
from tests.support.pushes import BIG, batch, outcome_of, pushes, rated
from tests.support.rest_graphql_driver import Rest


async def _admin(service, statement):
    connection = await asyncpg.connect(service.database.admin_url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


@pytest.fixture
def driver(district, service):
    return Rest(district.http, service.app)


class TestVersions:
    async def test_the_same_again_is_unchanged_and_keeps_its_id(self, district):
        first = await district.http.post("/v1/observations", json=rated("1"))
        again = await district.http.post("/v1/observations", json=rated("1"))
        assert (first.status_code, again.status_code) == (201, 200)
        assert again.json() == first.json() | {"outcome": "unchanged"}
        assert first.headers["location"].endswith(f"/v1/observations/{first.json()['id']}")
        assert "location" not in again.headers

    async def test_versions_are_numbers_however_many_digits_and_zeros(self, district):
        assert await pushes(
            district,
            rated("9"),
            rated("10", 3),
            rated("9", 4),
            rated("0010", 3),
            rated("000000000000000011", 2),
            rated(BIG, 1),
            rated(BIG, 1),
            rated(f"{int(BIG) - 1}", 5),
        ) == [
            (201, "created"),
            (200, "replaced"),
            (409, "version_older"),
            (200, "unchanged"),
            (200, "replaced"),
            (200, "replaced"),
            (200, "unchanged"),
            (409, "version_older"),
        ]

    async def test_an_older_version_is_told_the_current_one(self, district):
        await pushes(district, rated("7"))
        older = await district.http.post("/v1/observations", json=rated("6"))
        problem = older.json()
        assert (older.status_code, problem["retry"], problem["current_version"]) == (409, "never", "7")

    async def test_the_same_version_with_other_content_is_refused_for_good(self, district):
        await pushes(district, rated("7"))
        reused = await district.http.post("/v1/observations", json=rated("7", 3))
        assert (reused.status_code, reused.json()["code"], reused.json()["retry"]) == (409, "version_reused", "never")

    async def test_an_absent_version_is_the_first(self, district):
        bare = {k: v for k, v in rated("1").items() if k != "external_version"}
        first = await district.http.post("/v1/observations", json=bare)
        assert first.json()["external_version"] == "1"
        assert await pushes(district, rated("1"), rated("01"), bare | {"external_version": None}) == [(200, "unchanged")] * 3

    async def test_without_an_external_id_each_push_is_a_new_thing(self, district):
        bare = {k: v for k, v in rated("1").items() if not k.startswith("external")}
        ids = {(await district.http.post("/v1/observations", json=bare)).json()["id"] for _ in range(2)}
        assert len(ids) == 2

    @pytest.mark.parametrize("version", ["", "1" * 19, "-1", "1.0", " 1", "1\n", "١", "v1"])
    async def test_a_version_is_1_to_18_digits(self, district, version):
        answer = await district.http.post("/v1/observations", json=rated(version))
        assert answer.status_code == 422
        assert [e["pointer"] for e in answer.json()["errors"]] == ["/external_version"]

    async def test_a_version_without_an_external_id_is_refused(self, district):
        bare = {k: v for k, v in rated("1").items() if k != "external_id"}
        answer = await district.http.post("/v1/observations", json=bare)
        assert [(e["pointer"], e["code"]) for e in answer.json()["errors"]] == [("/external_id", "missing")]


class TestContent:
    async def test_order_nulls_offsets_and_number_forms_say_the_same(self, district):
        written = rated("1", duration_minutes=None, announced=None)
        same = [
            dict(reversed(written.items())),
            {k: v for k, v in written.items() if v is not None},
            written | {"observed_at": "2026-03-02T08:00:00-06:00"},
            written | {"observed_at": "2026-03-02T14:00:00.000+00:00"},
            written | {"observed_at": "2026-03-02T14:00:00.000999Z"},
            written | {"feedback": []},
            written | {"instrument": None},
            written | {"leader": {"sourced_id": "207267", "email": None}},
            written | {"ratings": [{"value": 4.0, "responsibility": "visibility", "not_observed": None}]},
        ]
        assert await pushes(district, written, *same) == [(201, "created")] + [(200, "unchanged")] * len(same)

    async def test_what_is_said_otherwise_is_other_content(self, district):
        written = rated("1", feedback=[{"type": "note", "text": "a"}])
        other = [
            written | {"observed_at": "2026-03-02T14:00:00.001Z"},
            written | {"announced": False},
            written | {"leader": {"identifier": "207267"}},
            written | {"observer": {"external_name": "visiting coach"}},
            written | {"feedback": [{"type": "note", "text": "a "}]},
            written | {"feedback": []},
            written | {"setting": "meeting"},
            written | {"ratings": [*written["ratings"], {"responsibility": "focus", "not_observed": True}]},
        ]
        assert await pushes(district, written, *other) == [(201, "created")] + [(409, "version_reused")] * len(other)

    async def test_a_repeat_stays_unchanged_when_its_leader_can_no_longer_be_found(self, district, service):
        await pushes(district, rated("1"))
        await _admin(service, "update person set sourced_id = 'moved' where sourced_id = '207267'")
        assert await pushes(district, rated("1"), rated("2")) == [(200, "unchanged"), (422, "person_not_found")]

    def test_optional_members_of_a_later_release_do_not_change_what_an_older_push_said(self):
        @dataclass(frozen=True, kw_only=True)
        class Now:
            text: str
            pushed: tuple[PushedFeedback, ...] = ()

        @dataclass(frozen=True, kw_only=True)
        class NextRelease:
            before: str | None = None
            text: str
            pushed: tuple[PushedFeedback, ...] = ()
            between: tuple[str, ...] = ()
            after: str | None = None

        said = (PushedFeedback(type="note", text='"after":null,'),)
        assert content_hash(Now(text="a")) == content_hash(NextRelease(text="a"))
        assert content_hash(Now(text="a", pushed=said)) == content_hash(NextRelease(text="a", pushed=said))
        assert content_hash(Now(text="a,")) != content_hash(Now(text="a"))


class TestRetractions:
    async def test_a_retraction_is_newer_the_same_or_older_than_what_is_held(self, district):
        assert await pushes(
            district,
            rated("5"),
            retract("t-1", "4"),
            retract("t-1", "5"),
            retract("t-1", "6"),
            retract("t-1", "006"),
            retract("t-1", "5"),
            rated("6"),
            rated("5"),
            rated("7"),
            retract("t-1", "6"),
        ) == [
            (201, "created"),
            (409, "version_older"),
            (409, "version_reused"),
            (200, "retracted"),
            (200, "unchanged"),
            (409, "version_older"),
            (409, "version_reused"),
            (409, "version_older"),
            (200, "replaced"),
            (409, "version_older"),
        ]

    async def test_a_tombstone_comes_before_its_push_and_keeps_one_id(self, district):
        [first] = (await batch(district, retract("t-1", "2")))[1]["results"]
        assert outcome_of(first) == (200, "retracted")
        assert await pushes(district, rated("1"), rated("2"), retract("t-1", "2")) == [
            (409, "version_older"),
            (409, "version_reused"),
            (200, "unchanged"),
        ]
        [revived] = (await batch(district, rated("3")))[1]["results"]
        assert (outcome_of(revived), revived["id"]) == ((200, "replaced"), first["id"])

    async def test_by_id_it_takes_the_next_version_and_twice_is_once(self, district):
        made = (await district.http.post("/v1/observations", json=rated("5"))).json()
        path = f"/v1/observations/{made['id']}:retract"
        answers = [
            await district.http.post(path, json=body) for body in ({}, {}, {"external_version": "6"}, {"external_version": "7"})
        ]
        assert [(a.status_code, a.json()["outcome"], a.json()["external_version"]) for a in answers] == [
            (200, "retracted", "6"),
            (200, "unchanged", "6"),
            (200, "unchanged", "6"),
            (200, "retracted", "7"),
        ]
        for version, code in (("6", "version_older"), ("5", "version_older")):
            answer = await district.http.post(path, json={"external_version": version})
            assert (answer.status_code, answer.json()["code"]) == (409, code)
        shown = (await district.http.get(f"/v1/observations/{made['id']}")).json()
        assert shown["state"] == "retracted"

    async def test_what_has_no_external_id_is_retracted_by_id_once(self, district, service):
        bare = {k: v for k, v in rated("1").items() if not k.startswith("external")}
        made = (await district.http.post("/v1/observations", json=bare)).json()
        answers = [(await district.http.post(f"/v1/observations/{made['id']}:retract", json={})).json() for _ in range(2)]
        assert [a["outcome"] for a in answers] == ["retracted", "unchanged"]
        assert await tally_rows(service.database, district.id) == []

    async def test_scores_follow_replacing_retracting_and_reviving(self, district, driver):
        async def mean():
            [profile] = (await profiles(driver, ["207267"])).values()
            [shown] = [s for s in profile["scores"] if s["responsibility"] == "visibility"]
            return [(s["n"], s["mean"]) for s in shown["sources"]]

        for item, expected in (
            (rated("1", 4), [(1, 4.0)]),
            (rated("2", 2), [(1, 2.0)]),
            (rated("3", 2, leader={"sourced_id": "207266"}), []),
            (rated("4", 5), [(1, 5.0)]),
            (retract("t-1", "5"), []),
            (rated("6", 3), [(1, 3.0)]),
        ):
            await pushes(district, item)
            assert await mean() == expected
