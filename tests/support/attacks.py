"""What the attacks share: a look behind the fence, things made and rosters spoiled."""

from contextlib import asynccontextmanager

import asyncpg

from tests.support.roster_packages import CLEAN, zipped

LEADER = "207267"


@asynccontextmanager
async def admin_connection(database):
    connection = await asyncpg.connect(database.admin_url)
    try:
        yield connection
    finally:
        await connection.close()


async def post_created(http, path, body, **headers):
    answer = await http.post(path, json=body, headers=headers)
    assert answer.status_code == 201, answer.text
    return answer.json().get("id")


def roster_package(**files):
    return zipped(CLEAN | {f"{name}.csv": content for name, content in files.items()})


async def post_roster(district, package):
    return await district.http.post("/v1/roster-imports", content=package, headers={"Content-Type": "application/zip"})


def users_csv_with(cell):
    return CLEAN["users.csv"].replace("Ann,", f"{cell},", 1).replace("true,apple", f"{cell},apple", 1)


COLUMNS = """
select a.attname, format_type(a.atttypid, null) as type from pg_attribute a
where a.attrelid = $1::regclass and a.attnum > 0 and not a.attisdropped and a.attnotnull and not a.atthasdef
  and a.attname <> 'district_id' and a.attidentity = '' and a.attgenerated = ''
"""
ALLOWED = """
select substring(pg_get_constraintdef(oid) from format('%I = ANY \\(+ARRAY\\[''([^'']+)''', $2::text))
from pg_constraint where conrelid = $1::regclass and contype = 'c'
"""
VALUES = {
    "uuid": "gen_random_uuid()",
    "text": "'x'",
    "integer": "1",
    "smallint": "1",
    "bigint": "1",
    "real": "0.5",
    "double precision": "0.5",
    "numeric": "1",
    "boolean": "true",
    "timestamp with time zone": "now()",
    "date": "current_date",
    "bytea": "'\\x01'",
    "jsonb": "'{}'",
    "xid8": "pg_current_xact_id()",
}


async def seed(database, district_id, tables):
    """A row of the district in each of ``tables`` that has none: what no request of a test made is there all the same."""
    async with admin_connection(database) as connection:
        await connection.execute("set session_replication_role = replica")
        for table in tables:
            if await connection.fetchval(f"select exists (select from {table} where district_id = $1)", district_id):
                continue
            columns = {row["attname"]: row["type"] for row in await connection.fetch(COLUMNS, table)}
            values = [await _value(connection, table, name, kind) for name, kind in columns.items()]
            names = ", ".join(["district_id", *columns])
            await connection.execute(f"insert into {table} ({names}) values ('{district_id}', {', '.join(values)})")


async def _value(connection, table, name, kind):
    allowed = [row[0] for row in await connection.fetch(ALLOWED, table, name) if row[0] is not None]
    if allowed:
        return f"'{allowed[0]}'"
    return VALUES.get(kind, "'{}'")


RANDOM = {"text": "gen_random_uuid()::text", "bytea": "sha256(convert_to(gen_random_uuid()::text, 'UTF8'))"}


async def add_row(connection, district_id, table, **given):
    """A row of its own in ``table``, whatever its columns are; ``given`` are ids that it names."""
    await connection.execute("set session_replication_role = replica")
    columns = {row["attname"]: row["type"] for row in await connection.fetch(COLUMNS, table)}
    values = {"district_id": f"'{district_id}'"}
    for name, kind in columns.items():
        value = await _value(connection, table, name, kind)
        values[name] = RANDOM.get(kind, value) if value == VALUES.get(kind) else value
    values |= {name: f"'{value}'" for name, value in given.items()}
    await connection.execute(f"insert into {table} ({', '.join(values)}) values ({', '.join(values.values())})")
    await connection.execute("set session_replication_role = origin")
