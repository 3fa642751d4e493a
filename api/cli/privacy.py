"""Commands for district packages, erasure, retention, legal holds and the data map."""

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

erasure_app = typer.Typer(no_args_is_help=True, help="Erasure of people, and the list of erased people who must not return.")
retention_app = typer.Typer(no_args_is_help=True, help="Deletion of data after its retention period.")
hold_app = typer.Typer(no_args_is_help=True, help="Legal holds.")
APPS = {"erasure": erasure_app, "retention": retention_app, "hold": hold_app}

DryRun = Annotated[bool, typer.Option("--dry-run", help="Change nothing, and print what would be done.")]


class MapFormat(StrEnum):
    """How the data map is printed."""

    MARKDOWN = "markdown"
    CSV = "csv"
    JSON = "json"


def district_export(
    district: Annotated[UUID, typer.Argument(help="The district's id.")],
    out: Annotated[Path, typer.Argument(help="The ZIP to write; it must not exist yet.")],
    data: Data = None,
) -> None:
    """Write all data of a district, without secrets, to one ZIP (mode 0600)."""
    with handle_errors():
        if out.exists():
            exit_with_error(f"{out} exists already; name a new file")
        temporary = out.with_name(f"{out.name}.part")
        temporary.unlink(missing_ok=True)
        try:
            with os.fdopen(os.open(temporary, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                view = run_use_case(data, district, export_district, ExportDistrict(target=file, release=BUILD), owner=False)
            temporary.rename(out)
        finally:
            temporary.unlink(missing_ok=True)
    print_json(view)


def district_import(
    file: FileToRead,
    dry_run: DryRun = False,
    accept_rights: Annotated[
        bool, typer.Option("--accept-rights", help="Confirm the administrators and the wide scopes that the package brings.")
    ] = False,
    data: Data = None,
) -> None:
    """Restore a district from its ZIP, completely or not at all; print the rights that it brings and the remaining steps."""
    with handle_errors(), file.open("rb") as package:
        district = package_district_id(package)
        command = ImportDistrict(source=package, dry_run=dry_run, accept_rights=accept_rights)
        print_json(run_use_case(data, district, import_district, command, owner=True))


def district_erase(
    district: Annotated[UUID, typer.Argument(help="The district's id.")],
    dry_run: DryRun = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask for confirmation.")] = False,
    data: Data = None,
) -> None:
    """Erase a district with all its data, and print the certificate."""
    if not dry_run and not yes:
        typer.confirm(f"Erase district {district} with all its data, for good?", abort=True, err=True)
    print_json(run_use_case(data, district, erase_district, EraseDistrict(dry_run=dry_run), owner=True))


@erasure_app.command("person")
def erasure_person(
    person: Annotated[UUID, typer.Argument(help="The person's id.")],
    district: District,
    dry_run: DryRun = False,
    about_others: Annotated[
        EvidenceAboutOthers, typer.Option("--about-others", help="Whether evidence that they gave about others is kept.")
    ] = EvidenceAboutOthers.KEEP,
    data: Data = None,
) -> None:
    """Erase a person, and print what was erased, with its certificate."""
    command = ErasePerson(person_id=PersonId(person), preview=dry_run, evidence_about_others=about_others)
    print_json(run_use_case(data, district, erase_person, command, owner=False))


@erasure_app.command("reapply")
def erasure_reapply(
    district: Annotated[UUID | None, typer.Option("--district", help="One district; absent: all.")] = None, data: Data = None
) -> None:
    """Erase again the people on the list of erasures who are present, as after a restore."""
    for district_id in [district] if district else all_districts(data):
        view = run_use_case(data, district_id, reapply_erasures, ReapplyErasures(), owner=False)
        typer.echo(f"{district_id}: {view.people} people erased again")


@erasure_app.command("verify")
def erasure_verify(file: FileToRead, data: Data = None) -> None:
    """Verify that a certificate, as it was printed, was signed by this installation and not changed. Status 1 if not."""
    with handle_errors():
        keys = secret_keys(load_settings(data))
    genuine = is_genuine(_read_certificate(file), hmac_under_keys(*keys))
    typer.echo("genuine" if genuine else "not genuine: changed, or from another installation")
    if not genuine:
        raise typer.Exit(1)


@retention_app.command("preview")
def retention_preview(district: District, data: Data = None) -> None:
    """Print what applying retention would delete and anonymise, and what scores would become."""
    print_json(run_use_case(data, district, read_retention_preview, ReadRetentionPreview(), owner=False))


@retention_app.command("apply")
def retention_apply(district: District, data: Data = None) -> None:
    """Delete and anonymise data whose retention period is over."""
    retention = run_use_case(data, district, read_retention, ReadRetention(), owner=False)
    print_json(run_use_case(data, district, apply_retention, ApplyRetention(version=retention.version), owner=False))


@hold_app.command("put")
def hold_put(
    district: District,
    reason: Annotated[HoldReason, typer.Option("--reason", help="The reason of the hold.")],
    person: Annotated[UUID | None, typer.Option("--person", help="The person's id; absent: the whole district.")] = None,
    until: Annotated[
        str | None, typer.Option("--until", help="End of the hold, a date or an instant; absent: until released.")
    ] = None,
    data: Data = None,
) -> None:
    """Put a legal hold on a person or the district: their data is neither erased nor deleted by retention."""
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
    """List the hundred newest legal holds of the district."""
    print_json(list(run_use_case(data, district, list_legal_holds, ListLegalHolds(limit=100), owner=False).items))


@hold_app.command("release")
def hold_release(hold: Annotated[UUID, typer.Argument(help="The hold's id.")], district: District, data: Data = None) -> None:
    """Release a legal hold."""
    print_json(run_use_case(data, district, release_legal_hold, ReleaseLegalHold(hold_id=HoldId(hold)), owner=False))


def data_map(form: Annotated[MapFormat, typer.Option("--format", help="Output format.")] = MapFormat.MARKDOWN) -> None:
    """Print every table and column: what it holds, who reads it, how long it is kept and how it is erased."""
    formatters = {MapFormat.MARKDOWN: data_map_markdown, MapFormat.CSV: data_map_csv}
    if form is MapFormat.JSON:
        print_json(read_data_map(DATA_MAP))
    else:
        typer.echo(formatters[form](), nl=False)


def all_districts(data: Path | None) -> list[UUID]:
    """Return the ids of all districts of the installation."""

    async def read_ids(url: str) -> list[UUID]:
        async with ConnectionPool(url, size=1) as pool:
            return [district_id for district_id, _ in await districts(pool)]

    with handle_errors(), connect(load_settings(data)) as connections:
        return asyncio.run(read_ids(connections.owner_url))


def parse_until(until: str) -> datetime:
    """Parse an instant with its offset, or a date, which is its start in UTC."""
    try:
        moment = datetime.fromisoformat(until)
    except ValueError:
        exit_with_error("--until: give a date as 2027-06-30, or an instant as 2027-06-30T08:00:00Z")
    return moment if "T" in until else moment.replace(tzinfo=UTC)


def _read_certificate(file: Path) -> Certificate:
    """Return the certificate in `file`: by itself, or in the output of a command."""
    try:
        output = json.loads(file.read_bytes())
        certificate = output.get("certificate") or output
        document = certificate["document"]
        return Certificate(
            document=json.loads(document) if isinstance(document, str) else document, signature=str(certificate["signature"])
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        exit_with_error(f"{file} holds no certificate in the form that evenkeel prints")
