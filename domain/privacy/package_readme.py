"""What stands in the README of a package."""

from collections.abc import Iterable

from domain.directory.oauth_clients import NATIVE_CLIENT_ID
from domain.privacy.data_map import DataMap
from domain.privacy.package_writer import PackageManifest

HEAD = """\
{name}: everything that Evenkeel keeps for this district, taken at {at}.
Handle this file with care: it names members of staff and what was observed of them.

manifest.json says what is here: the release and the revision of the tables it was taken from, and of every file
its size, its rows and its SHA-256. `evenkeel district import FILE` brings it back into an empty or a running installation
of the same release, with the same ids and the same scores. It names the administrators and scopes that come with it (--dry-run
tries it and keeps nothing), and takes them with --accept-rights.

FOR PEOPLE (CSV, UTF-8; a cell that a spreadsheet would run as a formula begins with ')
csv/people.csv        members of staff and their roles
csv/schools.csv       schools
csv/observations.csv  visits, every version, with ratings and feedback
csv/scores.csv        the 21 scores of every leader at the moment above; formative use only

FOR MACHINES (JSON Lines: one row a line)
"""

TAIL = """
AFTER AN IMPORT
{steps}

NOT IN THIS FILE
secrets and hashes of secrets: clients are named without them and need new ones after an import
"""


def steps(district_id: object, clients: Iterable[str]) -> tuple[str, ...]:
    """What an operator does after an import until everybody has a way in again: no address, secret or account travels."""
    at = f"--district {district_id}"
    return (
        f"evenkeel district address add slug SLUG {at}: by what its people find it; mail domains and portals likewise",
        *(f"evenkeel client secret {client} {at}: its new secret" for client in clients),
        f"evenkeel client enable {NATIVE_CLIENT_ID} {at}: the native app",
        f"evenkeel account code --person ID {at}: how a first administrator gets in, who lets the others in",
        "apps that people sign in with are registered again, and providers configured",
    )


def readme(manifest: PackageManifest, data_map: DataMap) -> str:
    """The text that explains each file of the package, and names what `data_map` leaves out of it."""
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
