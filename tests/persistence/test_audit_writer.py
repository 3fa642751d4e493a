"""How rows of the trail are written: whatever stands in them, they are one row and nothing else."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest

from domain.directory.usecases.districts_and_clients import operator_actor
from domain.shared.audit import AuditLog, Ending, Subject
from domain.shared.errors import Contended
from persistence.database.pool import ConnectionPool
from persistence.unit_of_work import begin_unit_of_work
from tests.support.audit import audit_rows

DISTRICT = UUID("01900000-0000-7000-8000-0000000000d1")
AT = datetime(2026, 11, 1, 12, 30, 0, 123000, tzinfo=UTC)


def audit_log_of(**changes):
    given = {"action": "read_profile", "at": AT, "request_id": "r-1", "new_id": uuid4, "digest": lambda s: str(s).encode()}
    return AuditLog(**given | changes)


async def write_audit_log(database, audit_log, actor=None, *, read_only=False):
    async with (
        ConnectionPool(database.app_url, size=1) as pool,
        begin_unit_of_work(pool, actor or operator_actor("o", DISTRICT), read_only=read_only, audit_log=audit_log) as unit,
    ):
        if not read_only:
            await unit.commit()


@pytest.mark.parametrize(
    "text",
    ["plain", "x'); delete from audit_event; --", "it's", "\\'", "$$", "née Ünal", "a\nb", "x" * 1500, "'", "null", "", " "],
)
async def test_any_text_is_kept_as_it_was_said(database, text):
    for read_only in (False, True):
        await write_audit_log(
            database, audit_log_of(request_id=text, code=text), operator_actor(text, DISTRICT), read_only=read_only
        )
    for row in await audit_rows(database, DISTRICT):
        assert (row["actor_id"], row["request_id"], row["code"]) == (text, text, text or None)
    assert len(await audit_rows(database, DISTRICT)) == 2


@pytest.mark.parametrize("name", ["plain", "it's"])
async def test_every_member_is_stored(database, name):
    ids = [uuid4() for _ in range(3)]
    told = audit_log_of(outcome=Ending.REPLAYED)
    told.record(Subject.LEADER, ids[0], further_ids=ids[1:], count=2, before="a", after="b'\\")
    told.record(Subject.TRAIL)
    actor = replace(operator_actor(name, DISTRICT), client_id="app", session_id=ids[1], supporter=ids[2])
    await write_audit_log(database, told, actor)
    first, second = sorted(await audit_rows(database, DISTRICT), key=lambda row: row["object_kind"])
    del first["position"], first["id"]
    assert first == {
        "district_id": DISTRICT,
        "at": AT,
        "actor_kind": "operator",
        "actor_id": name,
        "client_id": "app",
        "session_id": ids[1],
        "supporter_id": ids[2],
        "action": "read_profile",
        "object_kind": "leader",
        "object_id": ids[0],
        "further_ids": ids[1:],
        "count": 2,
        "before": b"a",
        "after": b"b'\\",
        "outcome": "replayed",
        "code": None,
        "request_id": "r-1",
    }
    assert (second["object_id"], second["further_ids"], second["before"]) == (None, [], None)


async def test_a_unit_that_is_left_by_an_error_is_not_told(database):
    pool = ConnectionPool(database.app_url, size=1)
    for read_only in (False, True):
        with pytest.raises(RuntimeError):
            async with begin_unit_of_work(pool, operator_actor("o", DISTRICT), read_only=read_only, audit_log=audit_log_of()):
                raise RuntimeError
    await pool.close()
    assert await audit_rows(database, DISTRICT) == []


async def test_the_same_row_twice_undoes_the_act(database):
    row_id = uuid4()

    def again():
        told = audit_log_of(new_id=lambda: row_id)
        told.record(Subject.LEADER)
        told.record(Subject.LEADER)
        return told

    with pytest.raises(Contended):
        await write_audit_log(database, again())
    assert await audit_rows(database, DISTRICT) == []
