"""What a person is told: once, by the channels they want, in ids alone; and nobody else sees it."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest

from api.security.bearer_tokens import TokenVerifier
from api.worker.handlers import HANDLERS, mail_handlers
from domain.notifications.model import NotificationKind, NotificationObject
from domain.notifications.usecases import count_notifications, list_notifications, mark_read, put_preferences, read_preferences
from domain.shared.ids import JobId
from domain.shared.roles import Role
from tests.support import people
from tests.support.rest_graphql_driver import GraphQL, Rest
from tests.support.units import PgDistrict
from tests.support.workers import admin_connection, until, worker

JOB = NotificationObject(kind="job", id="01900000-0000-7000-8000-00000000000a")
ENDED = NotificationKind.JOB_ENDED
NONE = {"items": [], "next_cursor": None}


@pytest.fixture
async def district(service):
    """A district with the roster of Grand Bend."""
    return await service.district()


@pytest.fixture
def sign_in(monkeypatch):
    """Let every token be that of a person."""
    known = TokenVerifier.authenticate

    def become(person_id):
        async def actor_of(self, authorization):
            return people.become(await known(self, authorization), person_id, Role.DISTRICT_ADMIN)

        monkeypatch.setattr(TokenVerifier, "authenticate", actor_of)

    return become


async def notify(service, district, *people, target=JOB):
    """Tell ``people`` that a job has ended."""
    async with PgDistrict(service.database.app_url, district.id).open() as unit:
        at, named = datetime.now(UTC), [UUID(person) for person in people]
        await unit.notifications.notify(named, ENDED, target, at=at, new_id=uuid4)
        await unit.commit()


def drivers(service, district):
    return Rest(district.http, service.app), GraphQL(district.http)


async def test_what_is_told_twice_stands_once_and_is_read_by_whom_it_is_for(service, district, sign_in):
    one, other = await district.person("207267"), await district.person("207219")
    for _ in range(2):
        await notify(service, district, one, one)
    sign_in(one)
    for driver in drivers(service, district):
        [shown] = (await driver.made(list_notifications, {}))["items"]
        assert (shown["kind"], shown["object_kind"], shown["object_id"]) == ("job_ended", "job", JOB.id)
        assert (await driver.made(count_notifications))["unread"] == 1
    sign_in(other)
    for driver in drivers(service, district):
        assert await driver.made(list_notifications, {}) == NONE
        assert (await driver.made(mark_read, {"ids": [shown["id"]]}))["unread"] == 0
    sign_in(one)
    for driver in drivers(service, district):
        assert (await driver.made(count_notifications))["unread"] == int(isinstance(driver, Rest))
        assert (await driver.made(mark_read, {"ids": [shown["id"]]}))["unread"] == 0
        assert (await driver.made(list_notifications, {}))["items"][0]["read_at"] is not None
    unread = await drivers(service, district)[0].made(list_notifications, {"unread": "true"})
    assert unread == NONE


async def test_another_district_sees_nothing_of_it(service, district, sign_in):
    elsewhere = await service.district("Elsewhere", roster=False)
    one = await district.person("207267")
    await notify(service, district, one)
    sign_in(one)  # the same id, were it known there
    for driver in drivers(service, elsewhere):
        assert await driver.made(list_notifications, {}) == NONE
        assert (await driver.made(count_notifications))["unread"] == 0


async def test_machines_have_no_inbox(service, district):
    machine = await district.client(["me:*"])
    for driver in (Rest(machine, service.app), GraphQL(machine)):
        for use_case, said in (
            (list_notifications, {}),
            (count_notifications, {}),
            (read_preferences, {}),
            (mark_read, {"ids": [str(uuid4())]}),
            (put_preferences, {"preferences": []}),
        ):
            assert (await driver.expect_error(use_case, said))[:2] == (403, "role_missing"), use_case.__name__


async def test_preferences_say_every_kind_and_go_back_to_what_is_usual(service, district, sign_in):
    sign_in(await district.person("207267"))
    applied = {"kind": "retention_applied", "inbox": True, "mail": False}
    usual = {"preferences": [{"kind": "job_ended", "inbox": True, "mail": False}, applied]}
    chosen = {"preferences": [{"kind": "job_ended", "inbox": False, "mail": True}, applied]}
    for driver in drivers(service, district):
        assert await driver.made(read_preferences) == usual
        assert await driver.made(put_preferences, chosen) == chosen
        assert await driver.made(read_preferences) == chosen
        assert await driver.made(put_preferences, {"preferences": []}) == usual
        twice = {"preferences": chosen["preferences"] * 2}
        assert (await driver.expect_error(put_preferences, twice))[3] == [
            ("/preferences/2/kind", "duplicate"),
            ("/preferences/3/kind", "duplicate"),
        ]


class Outbox:
    """A mailer that keeps what it is handed."""

    def __init__(self):
        self.sent = []

    async def send(self, *, to, subject, text):
        self.sent.append((to, subject, text))


async def test_a_mail_says_where_to_look_and_nothing_else(service, district, sign_in):
    one, other, gone = [await district.person(n) for n in ("207267", "207219", "207220")]
    mail_alone = {"preferences": [{"kind": "job_ended", "inbox": False, "mail": True}]}
    for person in (one, gone):
        sign_in(person)
        await drivers(service, district)[0].made(put_preferences, mail_alone)
    for _ in range(2):
        await notify(service, district, one, other, gone)
    outbox = Outbox()
    async with admin_connection(service.database) as connection:
        await connection.execute("update person set enabled = false where id = $1", gone)
        to = await connection.fetchval("select email from person where id = $1", one)
        async with worker(service.database, handlers={**HANDLERS, **mail_handlers(outbox, "https://evenkeel.example/")}):

            async def mailed():
                return await connection.fetchval("select bool_and(state = 'succeeded') from job")

            await until(mailed)
        assert await connection.fetchval("select count(*) from job") == 2
    [(address, subject, text)] = outbox.sent
    assert address == to
    assert "https://evenkeel.example/" in text
    assert "Alisa" not in subject + text
    sign_in(one)
    assert await drivers(service, district)[0].made(list_notifications, {}) == NONE  # mail alone was wanted


async def test_a_person_is_told_that_their_job_has_ended(service, district, sign_in):
    one = await district.person("207267")
    async with PgDistrict(service.database.app_url, district.id).open() as unit:
        unit.actor = people.become(unit.actor, one)
        job = JobId(uuid4())
        await unit.jobs.enqueue("put_configuration", {}, job_id=job, at=datetime.now(UTC), command={"no": "configuration"})
        await unit.commit()
    sign_in(one)
    rest = drivers(service, district)[0]
    async with worker(service.database):

        async def unread_notifications():
            return (await rest.made(list_notifications, {}))["items"]

        [notification] = await until(unread_notifications)
    assert (notification["object_kind"], notification["object_id"]) == ("job", str(job))
    assert (await district.http.get(f"/v1/jobs/{job}")).json()["state"] == "failed"
