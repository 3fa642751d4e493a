"""The README of a package."""

from collections.abc import Iterable

from domain.directory.oauth_clients import NATIVE_CLIENT_ID
from domain.privacy.data_map import DataMap
from domain.privacy.package_writer import PackageManifest

HEAD = """\
{name}: everything that Evenkeel stores for this district, exported at {at}.
Handle this file with care: it names members of staff and what was observed of them.

manifest.json has the release and the schema revision of the export, and the size, number of rows and SHA-256 of every
file. `evenkeel district import FILE` brings it back into an empty or a running installation
of the same release, with the same ids and the same scores. It lists the administrators and scopes of the package (--dry-run
imports nothing), and accepts them with --accept-rights.

FOR PEOPLE (CSV, UTF-8; cells that a spreadsheet would run as a formula are prefixed with ')
csv/people.csv        members of staff and their roles
csv/schools.csv       schools
csv/observations.csv  visits, every version, with ratings and feedback
csv/scores.csv        the 21 scores of every leader at the time above; formative use only

FOR MACHINES (JSON Lines: one row per line)
"""

TAIL = """
AFTER AN IMPORT
{steps}

NOT IN THIS FILE
secrets and hashes of secrets: clients are exported without them and need new ones after an import
"""


def steps(district_id: object, clients: Iterable[str]) -> tuple[str, ...]:
    """Return what an operator must do after an import, as addresses, secrets and accounts are not exported."""
    at = f"--district {district_id}"
    return (
        f"evenkeel district address add slug SLUG {at}: an address of the district; likewise mail domains and portals",
        *(f"evenkeel client secret {client} {at}: a new secret for the client" for client in clients),
        f"evenkeel client enable {NATIVE_CLIENT_ID} {at}: the native app",
        f"evenkeel account code --person ID {at}: a sign-in code for the first administrator, who creates codes for the others",
        "register apps with sign-in again, and configure identity providers",
    )


def readme(manifest: PackageManifest, data_map: DataMap) -> str:
    """Return the text that describes each file of the package, and the tables that `data_map` does not export."""
    lines = [HEAD.format(name=manifest.district_name, at=manifest.exported_at)]
    lines += [f"{f.name}: {_purpose(data_map, f.table)} ({f.rows} rows)\n" for f in manifest.files if f.table]
    lines += [TAIL.format(steps="\n".join(steps(manifest.district_id, ["CLIENT_ID"]))), *_omitted_tables(data_map)]
    return "".join(lines)


def _purpose(data_map: DataMap, table: str) -> str:
    return data_map[table].purpose.rstrip(".").lower()


def _omitted_tables(data_map: DataMap) -> Iterable[str]:
    for _, table in sorted(data_map.items()):
        if table.not_exported:
            yield f"{table.name}: {table.not_exported}\n"
        elif hidden := [c.name for c in table.columns if not c.is_exported]:
            yield f"{table.name}: without {', '.join(hidden)}\n"
