"""The operator's commands on what is kept: packages of districts, erasure, retention, legal holds, the data map."""

import asyncio
import json
import os
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from api.cli.data_map import data_map_csv, data_map_markdown
from api.cli.session import (
    Data,
    District,
    FileToRead,
    connect,
    exit_with_error,
    handle_errors,
    load_settings,
    print_json,
    run_use_case,
)
from api.security.encryption import hmac_under_keys
from api.settings import secret_keys
from api.version import BUILD
from domain.privacy.commands import (
    ApplyRetention,
    EraseDistrict,
    ErasePerson,
    EvidenceAboutOthers,
    ExportDistrict,
    ImportDistrict,
    ListLegalHolds,
    PutLegalHold,
    ReadRetention,
    ReadRetentionPreview,
    ReapplyErasures,
    ReleaseLegalHold,
)
from domain.privacy.erasure_certificate import Certificate, is_genuine
from domain.privacy.usecases.data_map import read_data_map
from domain.privacy.usecases.erase_person import erase_person, reapply_erasures
from domain.privacy.usecases.legal_holds import list_legal_holds, put_legal_hold, release_legal_hold
from domain.privacy.usecases.portability import erase_district, export_district, import_district, package_district_id
from domain.privacy.usecases.retention import apply_retention, read_retention, read_retention_preview
from domain.shared.ids import PersonId
from domain.shared.legal_holds import HoldAbout, HoldId, HoldReason
from persistence.database.pool import ConnectionPool
from persistence.repositories.districts import districts
from persistence.tables import DATA_MAP

erasure_app = typer.Typer(no_args_is_help=True, help="People erased, and the list of who must not come back.")
retention_app = typer.Typer(no_args_is_help=True, help="What has had its time.")
hold_app = typer.Typer(no_args_is_help=True, help="Legal holds.")
APPS = {"erasure": erasure_app, "retention": retention_app, "hold": hold_app}

DryRun = Annotated[bool, typer.Option("--dry-run", help="Only say what it would do.")]


class MapFormat(StrEnum):
    """How the data map is printed."""

    MARKDOWN = "markdown"
    CSV = "csv"
    JSON = "json"


def district_export(
    district: Annotated[UUID, typer.Argument(help="The district's id.")],
    out: Annotated[Path, typer.Argument(help="The ZIP to write; it must not be there yet.")],
    data: Data = None,
) -> None:
    """Write everything of a district as one ZIP, without secrets; mode 0600."""
    with handle_errors():
        if out.exists():
            exit_with_error(f"{out} is there already; name a new file")
        half = out.with_name(f"{out.name}.part")
        half.unlink(missing_ok=True)
        try:
            with os.fdopen(os.open(half, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                view = run_use_case(data, district, export_district, ExportDistrict(target=file, release=BUILD), owner=False)
            half.rename(out)
        finally:
            half.unlink(missing_ok=True)
    print_json(view)


def district_import(
    file: FileToRead,
    dry_run: DryRun = False,
    accept_rights: Annotated[
        bool, typer.Option("--accept-rights", help="The administrators and the wide scopes that it brings are right.")
    ] = False,
    data: Data = None,
) -> None:
    """Bring a district back from its ZIP: all of it or nothing; its answer names its rights, and the steps that are left."""
    with handle_errors(), file.open("rb") as opened:
        district = package_district_id(opened)
        command = ImportDistrict(source=opened, dry_run=dry_run, accept_rights=accept_rights)
        print_json(run_use_case(data, district, import_district, command, owner=True))


def district_erase(
    district: Annotated[UUID, typer.Argument(help="The district's id.")],
    dry_run: DryRun = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    data: Data = None,
) -> None:
    """Erase a district with everything in it, and print the certificate."""
    if not dry_run and not yes:
        typer.confirm(f"Erase district {district} with everything in it, for good?", abort=True, err=True)
    print_json(run_use_case(data, district, erase_district, EraseDistrict(dry_run=dry_run), owner=True))


@erasure_app.command("person")
def erasure_person(
    person: Annotated[UUID, typer.Argument(help="The person's id.")],
    district: District,
    dry_run: DryRun = False,
    about_others: Annotated[
        EvidenceAboutOthers, typer.Option("--about-others", help="What becomes of what they said of others.")
    ] = EvidenceAboutOthers.KEEP,
    data: Data = None,
) -> None:
    """Erase a person, and print what was done with its certificate."""
    command = ErasePerson(person_id=PersonId(person), preview=dry_run, evidence_about_others=about_others)
    print_json(run_use_case(data, district, erase_person, command, owner=False))


@erasure_app.command("reapply")
def erasure_reapply(
    district: Annotated[UUID | None, typer.Option("--district", help="One district; absent: all.")] = None, data: Data = None
) -> None:
    """Erase once more whoever of the list is there: after a restore."""
    for one in [district] if district else all_districts(data):
        view = run_use_case(data, one, reapply_erasures, ReapplyErasures(), owner=False)
        typer.echo(f"{one}: {view.people} people erased once more")


@erasure_app.command("verify")
def erasure_verify(file: FileToRead, data: Data = None) -> None:
    """Say whether a certificate (as it was printed) was signed by this installation and not changed. Status 1 when not."""
    with handle_errors():
        keys = secret_keys(load_settings(data))
    genuine = is_genuine(_read_certificate(file), hmac_under_keys(*keys))
    typer.echo("genuine" if genuine else "not genuine: changed, or of another installation")
    if not genuine:
        raise typer.Exit(1)


@retention_app.command("preview")
def retention_preview(district: District, data: Data = None) -> None:
    """What a run would delete and forget, and what scores would become."""
    print_json(run_use_case(data, district, read_retention_preview, ReadRetentionPreview(), owner=False))


@retention_app.command("apply")
def retention_apply(district: District, data: Data = None) -> None:
    """Delete and forget what has had its time."""
    held = run_use_case(data, district, read_retention, ReadRetention(), owner=False)
    print_json(run_use_case(data, district, apply_retention, ApplyRetention(version=held.version), owner=False))


@hold_app.command("put")
def hold_put(
    district: District,
    reason: Annotated[HoldReason, typer.Option("--reason", help="Why.")],
    person: Annotated[UUID | None, typer.Option("--person", help="About whom; absent: the whole district.")] = None,
    until: Annotated[str | None, typer.Option("--until", help="A date or an instant; absent: until released.")] = None,
    data: Data = None,
) -> None:
    """Hold a person, or the district: neither is erased nor retired."""
    with handle_errors():
        command = PutLegalHold(
            about=HoldAbout.PERSON if person else HoldAbout.DISTRICT,
            person_id=PersonId(person) if person else None,
            reason=reason,
            until=None if until is None else parse_until(until),
        )
    print_json(run_use_case(data, district, put_legal_hold, command, owner=False))


@hold_app.command("list")
def hold_list(district: District, data: Data = None) -> None:
    """The hundred newest holds of the district."""
    print_json(list(run_use_case(data, district, list_legal_holds, ListLegalHolds(limit=100), owner=False).items))


@hold_app.command("release")
def hold_release(hold: Annotated[UUID, typer.Argument(help="The hold's id.")], district: District, data: Data = None) -> None:
    """Let a hold be over."""
    print_json(run_use_case(data, district, release_legal_hold, ReleaseLegalHold(hold_id=HoldId(hold)), owner=False))


def data_map(form: Annotated[MapFormat, typer.Option("--format", help="How.")] = MapFormat.MARKDOWN) -> None:
    """Print every table and column: what it holds, who reads it, how long it stays and how it goes."""
    made = {MapFormat.MARKDOWN: data_map_markdown, MapFormat.CSV: data_map_csv}
    if form is MapFormat.JSON:
        print_json(read_data_map(DATA_MAP))
    else:
        typer.echo(made[form](), nl=False)


def all_districts(data: Path | None) -> list[UUID]:
    """Every district of the installation."""

    async def read_ids(url: str) -> list[UUID]:
        async with ConnectionPool(url, size=1) as pool:
            return [found for found, _ in await districts(pool)]

    with handle_errors(), connect(load_settings(data)) as found:
        return asyncio.run(read_ids(found.owner_url))


def parse_until(until: str) -> datetime:
    """A moment as it is typed: an instant with its offset, or a date as its start in UTC."""
    try:
        read = datetime.fromisoformat(until)
    except ValueError:
        exit_with_error("--until: give a date as 2027-06-30, or an instant as 2027-06-30T08:00:00Z")
    return read if "T" in until else read.replace(tzinfo=UTC)


def _read_certificate(file: Path) -> Certificate:
    """The certificate in what a command printed, or by itself."""
    try:
        read = json.loads(file.read_bytes())
        found = read.get("certificate") or read
        document = found["document"]
        return Certificate(
            document=json.loads(document) if isinstance(document, str) else document, signature=str(found["signature"])
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        exit_with_error(f"{file} holds no certificate as evenkeel prints it")
