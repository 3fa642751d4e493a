"""What the attacks share: a look behind the fence, things made and rosters spoiled."""

from contextlib import asynccontextmanager

import asyncpg

from tests.packages_roster import CLEAN, zipped

LEADER = "207267"


@asynccontextmanager
async def admin(database):
    connection = await asyncpg.connect(database.admin_url)
    try:
        yield connection
    finally:
        await connection.close()


async def made(http, path, body, **headers):
    answer = await http.post(path, json=body, headers=headers)
    assert answer.status_code == 201, answer.text
    return answer.json().get("id")


def roster(**files):
    return zipped(CLEAN | {f"{name}.csv": content for name, content in files.items()})


async def sent(district, package):
    return await district.http.post("/v1/roster-imports", content=package, headers={"Content-Type": "application/zip"})


def spoiled(cell):
    return CLEAN["users.csv"].replace("Ann,", f"{cell},", 1).replace("true,apple", f"{cell},apple", 1)
