"""Columns as texts: what goes in comes out, whatever people wrote."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from persistence.database.column_packing import (
    FALLBACK_SEPARATORS,
    NULL,
    SEPARATOR,
    choose_separators,
    pack_scalars,
    pack_texts,
)
from tests.support.examples import examples

WRITTEN = st.none() | st.text(alphabet=st.characters(blacklist_categories=("Cs",), blacklist_characters="\x00"), max_size=12)


@examples(300)
@given(st.lists(WRITTEN, min_size=2, max_size=30))
def test_the_marks_stand_in_no_text_so_splitting_gives_the_column_back(column):
    separator, null = choose_separators([column])
    parts = pack_texts(column, separator, null).split(separator)
    assert [None if part == null else part for part in parts] == column


def test_texts_that_hold_the_marks_get_others():
    assert choose_separators([["a", SEPARATOR + NULL]]) == FALLBACK_SEPARATORS[:2]


@pytest.fixture
async def connection(bare_database):
    made = await asyncpg.connect(bare_database.admin_url)
    yield made
    await made.close()


@pytest.mark.parametrize(
    ("kind", "column"),
    [
        ("uuid", [uuid4(), None, UUID(int=0)]),
        ("timestamptz", [datetime(2026, 3, 2, 13, 41, 20, 123000, tzinfo=UTC), None]),
        ("float8", [0.1, -1e-300, 1e300, 3.0, None]),
        ("bigint", [0, 10**17, -5, None]),
        ("boolean", [True, False, None]),
        ("smallint", [None, None, 3]),
    ],
)
async def test_the_server_reads_each_kind_as_it_was(connection, kind, column):
    found = await connection.fetchval(f"select string_to_array($1, ',', '-')::{kind}[]", pack_scalars(column))
    assert found == column


async def test_the_server_splits_texts_as_they_were(connection):
    column = ["a,b", "", None, "-", f"x{SEPARATOR}y", "{}", '"', "\\"]
    separator, null = choose_separators([column])
    found = await connection.fetchval(
        "select string_to_array($1, $2, $3)", pack_texts(column, separator, null), separator, null
    )
    assert found == column
