"""The data map names every table and column, and says what erasure and export do with each: nothing is forgotten."""

import pytest
from sqlalchemy import Column, MetaData, Table, Text

from domain.privacy.data_map import STAYS_HERE, DataKind, OnErase, OnMerge
from domain.privacy.retention_policy import KINDS, RetentionKind
from domain.privacy.usecases.data_map import read_data_map
from persistence.repositories.privacy.foreign_keys import PARENTS_FIRST, erased_rows_condition
from persistence.repositories.privacy.retention import STATEMENTS
from persistence.tables import DATA_MAP, holds, metadata

SECRETS = ("secret", "password", "token", "hash", "sha256", "seed", "sealed")


PURPOSE = {"purpose": "Nicknames.", "read_by": "the service", "erased": "with the district"}


def test_every_table_has_its_entry():
    assert sorted(DATA_MAP) == sorted(metadata.tables)


@pytest.mark.parametrize("table", sorted(metadata.tables))
def test_every_column_is_listed(table):
    assert [c.name for c in DATA_MAP[table].columns] == [c.name for c in metadata.tables[table].columns]
    assert {type(c.name) for c in DATA_MAP[table].columns} == {str}, "not SQLAlchemy's kind of text, which JSON can't say"


def test_a_column_without_an_entry_is_refused_with_a_sentence_that_names_it():
    made = MetaData()
    Table("nickname", made, Column("id", Text, info=holds.plain("Our own id.")), Column("word", Text), **holds.table(**PURPOSE))
    with pytest.raises(TypeError, match=r"^the column nickname\.word has no entry in the data map: declare it as "):
        holds.data_map(made)


def test_a_table_without_an_entry_is_refused_with_a_sentence_that_names_it():
    made = MetaData()
    Table("nickname", made, Column("id", Text, info=holds.plain("Our own id.")))
    with pytest.raises(TypeError, match=r"^the table nickname has no entry in the data map: end its __table_args__ with "):
        holds.data_map(made)


@pytest.mark.parametrize("table", sorted(metadata.tables))
def test_everything_about_a_table_is_told(table):
    entry = DATA_MAP[table]
    assert entry.purpose.endswith(".")
    assert entry.read_by
    assert entry.erased
    assert all(c.what.endswith(".") for c in entry.columns)


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
    entry = DATA_MAP[table]
    told = {link.column for link in entry.links}
    assert referring <= told, "a link is missing: say what becomes of the row when the person is erased"
    ids = {c.name for c in entry.columns if c.holds is DataKind.REFERENCE}
    assert ids == told, "a column that names a person is linked, and one that is linked names a person"
    for link in entry.links:
        columns = [made.columns[name] for name in (link.column, *link.also)]
        assert link.on_erase is not OnErase.FORGET or all(c.nullable for c in columns), (
            "what is forgotten must be allowed to be empty"
        )
        assert link.on_erase is not OnErase.PLACEHOLDER or link.column not in referring, "nobody's id can't be a foreign key"


def test_a_column_that_names_a_person_can_not_be_declared_without_a_word_on_merges():
    with pytest.raises(TypeError, match="on_merge"):
        holds.person("Whose.", OnErase.DELETE)  # type: ignore[call-arg]


@pytest.mark.parametrize("table", [t.name for t in PARENTS_FIRST if DATA_MAP[t.name].links])
def test_what_lets_somebody_in_or_is_not_even_exported_never_moves_with_its_owner_in_a_merge(table):
    """A secret, and what no export holds because it is somebody's alone: a new table of that kind may not move either."""
    entry = DATA_MAP[table]
    moving = {link.column for link in entry.links if link.on_merge is OnMerge.MOVE}
    secret = any(c.holds in {DataKind.SECRET, DataKind.SEALED} for c in entry.columns)
    # A note about a leader stays its author's.
    assert not moving or (not secret and not entry.not_exported) or (table, moving) == ("private_note", {"leader_id"})


@pytest.mark.parametrize("table", [t.name for t in PARENTS_FIRST])
def test_whatever_holds_personal_data_goes_with_somebody_or_by_age(table):
    entry = DATA_MAP[table]
    personal = any(c.holds in {DataKind.IDENTIFIES, DataKind.ABOUT, DataKind.FREE_TEXT} for c in entry.columns)
    assert not personal or erased_rows_condition(metadata.tables[table], evidence_too=False) or entry.retention


@pytest.mark.parametrize("table", sorted(metadata.tables))
def test_what_is_called_a_secret_is_kept_as_one(table):
    for column in DATA_MAP[table].columns:
        if any(word in column.name for word in SECRETS) and not column.name.endswith("_at"):
            assert column.holds in STAYS_HERE


@pytest.mark.parametrize("table", [t.name for t in PARENTS_FIRST if not DATA_MAP[t.name].not_exported])
def test_what_travels_can_be_put_back(table):
    """A column that stays here is made by the database, or may be empty."""
    for column in DATA_MAP[table].columns:
        made = metadata.tables[table].columns[column.name]
        assert column.is_exported or made.nullable or made.server_default is not None
    assert all(c.name in DATA_MAP[table].exported_columns for c in metadata.tables[table].primary_key)


def test_every_kind_has_a_rule_and_a_way_to_go():
    assert {k.kind for k in KINDS} == set(RetentionKind)
    assert set(STATEMENTS) | {RetentionKind.ROSTER_LEAVERS} == set(RetentionKind)
    assert all(k.min_days <= k.days <= k.max_days for k in KINDS)


def test_the_map_that_is_published_says_the_same():
    shown = {t.name: t for t in read_data_map(DATA_MAP).tables}
    assert [*shown] == sorted(DATA_MAP)
    assert [c.name for c in shown["person"].columns if c.personal][:2] == ["id", "sourced_id"]
    assert [c.name for c in shown["tally"].columns if not c.exported] == ["fw_f", "fwx_f", "sum_x_f", "sum_xx_f"]
    assert shown["control.client"].columns[3].exported is False
    assert shown["erasure"].not_exported_because == "keyed to this installation: in another one it would match nobody"
