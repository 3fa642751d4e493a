"""The data map names every table and column, and says what erasure and export do with each: nothing is forgotten."""

import pytest

from domain.privacy.data_map.model import STAYS_HERE, DataKind, Does, Link, OnMerge
from domain.privacy.data_map.tables import BY_NAME, TABLES
from domain.privacy.retention_policy import KINDS, RetentionKind
from domain.privacy.usecases.data_map import read_data_map
from persistence.repositories.privacy.foreign_keys import PARENTS_FIRST, goes
from persistence.repositories.privacy.retention import STATEMENTS
from persistence.tables import metadata

SECRETS = ("secret", "password", "token", "hash", "sha256", "seed", "sealed")


def test_every_table_has_its_entry_and_no_entry_is_of_none():
    assert sorted(BY_NAME) == sorted(metadata.tables)
    assert len(BY_NAME) == len(TABLES)


@pytest.mark.parametrize("table", sorted(metadata.tables))
def test_every_column_is_listed(table):
    assert sorted(c.name for c in BY_NAME[table].columns) == sorted(c.name for c in metadata.tables[table].columns)


@pytest.mark.parametrize("table", sorted(metadata.tables))
def test_everything_about_a_table_is_told(table):
    entry = BY_NAME[table]
    assert entry.purpose.endswith(".")
    assert entry.read_by
    assert entry.erased
    assert all(c.what.endswith(".") for c in entry.columns)
    assert entry.travels != bool(entry.why_not)


@pytest.mark.parametrize("table", [t.name for t in PARENTS_FIRST])
def test_every_column_that_refers_to_a_person_says_what_erasure_does(table):
    made = metadata.tables[table]
    referring = {
        name
        for key in made.foreign_key_constraints
        if key.referred_table.name == "person"
        for name in key.column_keys
        if name != "district_id"
    }
    entry = BY_NAME[table]
    told = {link.column for link in entry.links}
    assert referring <= told, "a link is missing: say what becomes of the row when the person is erased"
    ids = {c.name for c in entry.columns if c.holds is DataKind.REFERENCE}
    assert ids == told, "a column that names a person is linked, and one that is linked names a person"
    for link in entry.links:
        columns = [made.columns[name] for name in (link.column, *link.also)]
        assert link.does is not Does.FORGET or all(c.nullable for c in columns), "what is forgotten must be allowed to be empty"
        assert link.does is not Does.STAND_IN or link.column not in referring, "nobody's id can't be a foreign key"


def test_a_column_that_names_a_person_can_not_be_listed_without_a_word_on_merges():
    with pytest.raises(TypeError, match="on_merge"):
        Link(column="person_id", does=Does.DELETE)  # type: ignore[call-arg]


@pytest.mark.parametrize("table", [t.name for t in PARENTS_FIRST if BY_NAME[t.name].links])
def test_what_lets_somebody_in_or_is_not_even_exported_never_moves_with_its_owner_in_a_merge(table):
    """A secret, and what no export holds because it is somebody's alone: a new table of that kind may not move either."""
    entry = BY_NAME[table]
    moving = {link.column for link in entry.links if link.on_merge is OnMerge.MOVE}
    secret = any(c.holds in {DataKind.SECRET, DataKind.SEALED} for c in entry.columns)
    # A note about a leader stays its author's.
    assert not moving or (not secret and entry.travels) or (table, moving) == ("private_note", {"leader_id"})


@pytest.mark.parametrize("table", [t.name for t in PARENTS_FIRST])
def test_whatever_holds_personal_data_goes_with_somebody_or_by_age(table):
    entry = BY_NAME[table]
    personal = any(c.holds in {DataKind.IDENTIFIES, DataKind.ABOUT, DataKind.FREE_TEXT} for c in entry.columns)
    assert not personal or goes(metadata.tables[table], evidence_too=False) or entry.retention


@pytest.mark.parametrize("table", sorted(metadata.tables))
def test_what_is_called_a_secret_is_kept_as_one(table):
    for column in BY_NAME[table].columns:
        if any(word in column.name for word in SECRETS) and not column.name.endswith("_at"):
            assert column.holds in STAYS_HERE


@pytest.mark.parametrize("table", [t.name for t in PARENTS_FIRST if BY_NAME[t.name].travels])
def test_what_travels_can_be_put_back(table):
    """A column that stays here is made by the database, or may be empty."""
    for column in BY_NAME[table].columns:
        made = metadata.tables[table].columns[column.name]
        assert column.travels or made.nullable or made.server_default is not None
    assert all(
        metadata.tables[table].columns[c.name].name in BY_NAME[table].exported for c in metadata.tables[table].primary_key
    )


def test_every_kind_has_a_rule_and_a_way_to_go():
    assert {k.kind for k in KINDS} == set(RetentionKind)
    assert set(STATEMENTS) | {RetentionKind.ROSTER_LEAVERS} == set(RetentionKind)
    assert all(k.least <= k.days <= k.most for k in KINDS)


def test_the_map_that_is_published_says_the_same():
    shown = {t.name: t for t in read_data_map().tables}
    assert [*shown] == sorted(BY_NAME)
    assert [c.name for c in shown["person"].columns if c.personal][:2] == ["id", "sourced_id"]
    assert [c.name for c in shown["tally"].columns if not c.exported] == ["fw_f", "fwx_f", "sum_x_f", "sum_xx_f"]
    assert shown["control.client"].columns[3].exported is False
    assert shown["erasure"].not_exported_because == "keyed to this installation: in another one it would match nobody"
