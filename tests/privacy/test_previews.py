"""A preview tells that scores change, and how only to who may read those scores; who looked stands in the trail (openapi/README.md 13)."""

from uuid import UUID

import pytest

from domain.privacy.commands import EvidenceAboutOthers, ReadErasurePreview, ReadRetentionPreview
from domain.privacy.usecases.erase_person import read_erasure_preview
from domain.privacy.usecases.retention import read_retention_preview
from domain.shared.context import Actor, ActorKind
from domain.shared.errors import Forbidden
from domain.shared.roles import Role
from tests.support.audit import audit_rows
from tests.support.payloads import SUPERVISOR
from tests.support.people import ALL, become
from tests.support.people import run as run_as


def machine(filled, scopes=ALL, **more):
    return Actor(kind=ActorKind.CLIENT, id="app", district_id=filled.district.id, origin="app", scopes=scopes, **more)


async def previewed(filled, actor):
    person = UUID(str(await filled.district.person(SUPERVISOR)))
    asked = ReadErasurePreview(person_id=person, evidence_about_others=EvidenceAboutOthers.REMOVE)
    return await run_as(filled.service.database, actor, read_erasure_preview, asked)


async def test_an_administrator_learns_that_a_leaders_scores_change_and_not_how(filled):
    admin = become(machine(filled), await filled.district.person(SUPERVISOR), Role.DISTRICT_ADMIN, leads=False)
    [impact] = [i for i in (await previewed(filled, admin)).scores if i.leader_id == UUID(str(filled.ids["leader"]))]
    assert (impact.fate, impact.estimates, impact.withheld.reason) == ("changed", (), "scores_not_visible")


async def test_who_may_read_the_scores_is_shown_what_they_become(filled):
    [impact] = [i for i in (await previewed(filled, machine(filled))).scores if i.leader_id == UUID(str(filled.ids["leader"]))]
    assert impact.withheld is None
    assert impact.estimates


async def test_without_the_scope_for_scores_their_estimates_are_withheld(filled):
    narrow = machine(filled, scopes=ALL - {"scores:read"})
    [impact] = [i for i in (await previewed(filled, narrow)).scores if i.leader_id == UUID(str(filled.ids["leader"]))]
    assert impact.estimates == ()
    assert impact.withheld is not None


async def test_a_client_for_evaluations_gets_no_preview_at_all(filled):
    with pytest.raises(Forbidden) as refused:
        await previewed(filled, machine(filled, evaluates=True))
    assert refused.value.code == "purpose_locked"


async def test_a_preview_stands_in_the_trail_with_what_it_was_about(filled):
    await previewed(filled, machine(filled))
    await run_as(filled.service.database, machine(filled), read_retention_preview, ReadRetentionPreview())
    rows = [row for row in await audit_rows(filled.service.database, filled.district.id) if row["action"].endswith("_preview")]
    person = UUID(str(await filled.district.person(SUPERVISOR)))
    assert [(row["action"], row["object_kind"], row["object_id"]) for row in rows] == [
        ("read_erasure_preview", "person", person),
        ("read_retention_preview", "district", UUID(str(filled.district.id))),
    ]
