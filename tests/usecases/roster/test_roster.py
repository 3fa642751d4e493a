"""What people do with rosters, over the in-memory store."""

from dataclasses import asdict
from datetime import UTC, datetime
from types import SimpleNamespace
from uuid import UUID

import pytest

from domain.roster.commands import ImportRoster, PutRoleMapping, ReadRoleMapping, ReadRosterImport
from domain.roster.role_mapping import RoleMappingEntry
from domain.roster.usecases import import_roster, put_role_mapping, read_role_mapping, read_roster_import
from domain.roster.views import ChangeKind, ImportState
from domain.shared.context import Actor, ActorKind, Context, Scope
from domain.shared.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from domain.shared.ids import DistrictId, RosterImportId
from domain.shared.keyed_digest import ContentDigest
from domain.shared.roles import Role
from tests.support.fakes.roster import FakeRosters
from tests.support.roster_packages import CLEAN, GRAND_BEND, clean, spoilt

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)


def context(rosters: FakeRosters, *scopes: str) -> Context:
    ids = iter(range(1, 10**6))
    return Context(
        actor=Actor(
            kind=ActorKind.CLIENT,
            id="sis",
            district_id=DistrictId(UUID(int=7)),
            origin="sis",
            scopes=frozenset(scopes or (Scope.ROSTER_WRITE,)),
        ),
        open=rosters.open,
        read=rosters.read,
        now=lambda: NOW,
        new_id=lambda: UUID(int=next(ids)),
        random_id=lambda: UUID(int=next(ids)),
        cursors=SimpleNamespace(),
        digest=lambda command: ContentDigest(current=repr(command).encode(), earlier=()),
    )


@pytest.fixture
def rosters() -> FakeRosters:
    return FakeRosters()


@pytest.fixture
def ctx(rosters):
    return context(rosters)


def counts(view):
    return [(d.added, d.changed, d.ended, d.returned) for d in view.differences]


NOTHING = [(0, 0, 0, 0)] * 4


async def test_grand_bend_comes_in_whole_and_twice_without_change(rosters, ctx):
    first = await import_roster(ImportRoster(package=GRAND_BEND.read_bytes()), ctx)
    assert first.state is ImportState.APPLIED
    assert counts(first) == [(4, 0, 0, 0), (68, 0, 0, 0), (69, 0, 0, 0), (2, 0, 0, 0)]
    held = rosters.stored.rows
    again = await import_roster(ImportRoster(package=GRAND_BEND.read_bytes()), ctx)
    assert counts(again) == NOTHING
    assert rosters.stored.rows == held


async def test_a_dry_run_shows_the_difference_and_changes_nothing(rosters, ctx):
    view = await import_roster(ImportRoster(package=clean(), dry_run=True), ctx)
    assert view.state is ImportState.DRY_RUN
    assert counts(view) == [(3, 0, 0, 0), (2, 0, 0, 0), (2, 0, 0, 0), (1, 0, 0, 0)]
    assert [(row.change, row.sourced_id, row.name) for row in view.differences[1].rows] == [
        (ChangeKind.ADDED, "u1", "Ann Apple"),
        (ChangeKind.ADDED, "u2", "Ben Berry"),
    ]
    assert all(not rows for rows in rosters.stored.rows.values())
    assert (await read_roster_import(ReadRosterImport(import_id=view.id), ctx)).state is ImportState.DRY_RUN


async def test_a_dry_run_shows_what_the_brake_would_hold(ctx):
    await import_roster(ImportRoster(package=GRAND_BEND.read_bytes()), ctx)
    view = await import_roster(ImportRoster(package=clean(), dry_run=True), ctx)
    assert {reason.rule.value for reason in view.brake} == {
        "share_of_schools",
        "share_of_people",
        "share_of_assignments",
        "school_vanishes",
    }


async def test_changed_fields_are_shown_and_those_of_people_without_values(ctx):
    await import_roster(ImportRoster(package=clean()), ctx)
    package = clean(
        users=CLEAN["users.csv"].replace("Ben,Berry", "Ben,Berryman"), orgs=CLEAN["orgs.csv"].replace("Hill", "Mount")
    )
    view = await import_roster(ImportRoster(package=package, dry_run=True), ctx)
    (org,) = view.differences[0].rows
    assert [(f.field, f.before, f.after) for f in org.fields] == [("name", "Hill School", "Mount School")]
    (person,) = view.differences[1].rows
    assert [(f.field, f.before, f.after) for f in person.fields] == [("family_name", None, None)]


async def test_a_faulty_package_changes_nothing_and_is_reported(rosters, ctx):
    with pytest.raises(Invalid) as refusal:
        await import_roster(ImportRoster(package=spoilt("users", "Ann,Apple", ",Apple")), ctx)
    assert refusal.value.code == "roster_faulty"
    assert [(f.pointer, f.code) for f in refusal.value.errors] == [("/users.csv/2/givenName", "roster_faulty")]
    assert refusal.value.detail.startswith("users.csv line 2: givenName must not be empty")
    report = refusal.value.extensions["report"]
    assert report["errors"] == 1
    assert report["findings"][0]["code"] == "value_missing"
    assert all(not rows for rows in rosters.stored.rows.values())
    assert not rosters.stored.imports


async def test_the_brake_refuses_and_force_goes_on(rosters, ctx):
    await import_roster(ImportRoster(package=clean()), ctx)
    less = clean(
        orgs=CLEAN["orgs.csv"].replace("s2,,,Dale School,school,S2,d\n", ""), roles=CLEAN["roles.csv"].replace("s2", "s1")
    )
    with pytest.raises(Conflict) as refusal:
        await import_roster(ImportRoster(package=less), ctx)
    assert refusal.value.code == "brake"
    assert "Dale School" in refusal.value.detail
    assert refusal.value.extensions["brake"][0]["named"] == ({"sourced_id": "s2", "name": "Dale School"},)
    assert all(row.active for row in rosters.stored.rows["orgs"].values())
    forced = await import_roster(ImportRoster(package=less, force=True), ctx)
    assert (forced.forced, forced.differences[0].ended) == (True, 1)
    assert [row.active for row in rosters.stored.rows["orgs"].values()] == [True, True, False]


async def test_whoever_leaves_or_is_disabled_loses_browsers_and_tokens_by_the_same_commit(rosters, ctx):
    await import_roster(ImportRoster(package=clean()), ctx)
    assert rosters.stored.access_ended == []
    ids = {row.record.sourced_id: i for i, row in rosters.stored.rows["people"].items()}
    left = clean(
        users="\n".join(
            line.replace("u2,,,true", "u2,,,false") for line in CLEAN["users.csv"].splitlines() if not line.startswith("u1")
        ),
        roles="\n".join(line for line in CLEAN["roles.csv"].splitlines() if not line.startswith("r1")),
    )
    await import_roster(ImportRoster(package=left, dry_run=True), ctx)
    assert rosters.stored.access_ended == []
    await import_roster(ImportRoster(package=left, force=True), ctx)
    people = (ids["u1"], ids["u2"])
    assert rosters.stored.access_ended == [("browsers", people), ("families", people, NOW)]


async def test_a_leader_with_evidence_does_not_vanish_unasked(rosters, ctx):
    await import_roster(ImportRoster(package=clean()), ctx)
    leader = next(i for i, row in rosters.stored.rows["people"].items() if row.record.sourced_id == "u1")
    without = clean(
        users="\n".join(line for line in CLEAN["users.csv"].splitlines() if not line.startswith("u1")),
        roles="\n".join(line for line in CLEAN["roles.csv"].splitlines() if not line.startswith("r1")),
    )
    rosters.stored.evidenced = frozenset({leader})
    with pytest.raises(Conflict, match="Ann Apple u1"):
        await import_roster(ImportRoster(package=without), ctx)
    rosters.stored.evidenced = frozenset()
    view = await import_roster(ImportRoster(package=without), ctx)
    assert view.differences[1].ended == 1
    assert rosters.stored.ended_at[leader] == NOW
    back = await import_roster(ImportRoster(package=clean()), ctx)
    assert back.differences[1].returned == 1
    assert rosters.stored.rows["people"][leader].active


async def test_an_import_read_again_names_no_person(rosters, ctx):
    view = await import_roster(ImportRoster(package=clean()), ctx)
    again = await read_roster_import(ReadRosterImport(import_id=view.id), ctx)
    assert "Apple" in str(asdict(view))
    assert "Apple" not in str(asdict(again))
    assert again.differences[0] == view.differences[0]
    assert (again.counts, again.created_at, again.report) == (view.counts, NOW, view.report)


async def test_an_unknown_import_is_not_found(ctx):
    with pytest.raises(NotFound):
        await read_roster_import(ReadRosterImport(import_id=RosterImportId(UUID(int=99))), ctx)


PARTNER = (
    RoleMappingEntry(roster_role="districtAdministrator", role=Role.SUPERVISOR),
    RoleMappingEntry(roster_role="systemAdministrator", role=Role.DISTRICT_ADMIN),
    RoleMappingEntry(roster_role="counselor", role=None),
)


def role_of(rosters: FakeRosters, sent: str):
    return {row.record.role for row in rosters.stored.rows["assignments"].values() if row.record.role_sent == sent}


async def test_a_mapping_takes_hold_at_once_and_survives_imports(rosters, ctx):
    await import_roster(ImportRoster(package=GRAND_BEND.read_bytes()), ctx)
    assert [u.roster_role for u in (await read_role_mapping(ReadRoleMapping(), ctx)).unmapped_roles] == [
        "districtAdministrator",
        "ext:otherStaff",
        "systemAdministrator",
    ]
    view = await put_role_mapping(PutRoleMapping(entries=PARTNER, expected_version=0), ctx)
    assert (view.version, [u.roster_role for u in view.unmapped_roles]) == (1, ["ext:otherStaff"])
    assert role_of(rosters, "districtAdministrator") == {Role.SUPERVISOR}
    assert role_of(rosters, "counselor") == {None}
    again = await import_roster(ImportRoster(package=GRAND_BEND.read_bytes()), ctx)
    assert counts(again) == NOTHING
    assert await read_role_mapping(ReadRoleMapping(), ctx) == view


async def test_the_same_mapping_again_keeps_its_version_and_an_old_version_is_stale(ctx):
    await put_role_mapping(PutRoleMapping(entries=PARTNER), ctx)
    assert (await put_role_mapping(PutRoleMapping(entries=PARTNER[::-1]), ctx)).version == 1
    with pytest.raises(Stale) as refusal:
        await put_role_mapping(PutRoleMapping(entries=(), expected_version=0), ctx)
    assert refusal.value.extensions == {"current_version": 1}


@pytest.mark.parametrize(
    ("roles", "pointer", "code"),
    [
        (["student"], "/student", "not_allowed"),
        (["principle"], "/principle", "not_allowed"),
        (["teacher", "teacher"], "/teacher", "duplicate"),
        (["ext:a/b"], "/ext:a~1b", "not_allowed"),
    ],
)
async def test_a_mapping_that_says_nothing_sensible_is_refused(ctx, roles, pointer, code):
    entries = tuple(RoleMappingEntry(roster_role=role, role=Role.STAFF) for role in roles)
    with pytest.raises(Invalid) as refusal:
        await put_role_mapping(PutRoleMapping(entries=entries), ctx)
    assert [(f.pointer, f.code) for f in refusal.value.errors] == [(pointer, code)]


async def test_everything_needs_the_scope(rosters):
    reader = context(rosters, Scope.DIRECTORY_READ)
    for asked in (
        import_roster(ImportRoster(package=b""), reader),
        read_roster_import(ReadRosterImport(import_id=RosterImportId(UUID(int=1))), reader),
        read_role_mapping(ReadRoleMapping(), reader),
        put_role_mapping(PutRoleMapping(entries=()), reader),
    ):
        with pytest.raises(Forbidden):
            await asked
