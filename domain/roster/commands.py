"""Commands: import a roster, read an import, read and replace the role mapping."""

from dataclasses import dataclass
from typing import Annotated

from domain.roster.role_mapping import RoleMappingEntry
from domain.shared.fields import Examples
from domain.shared.ids import RosterImportId


@dataclass(frozen=True, kw_only=True)
class ImportRoster:
    """Import a whole roster; all of it or nothing."""

    package: bytes
    """A OneRoster CSV bulk package, version 1.2 or 1.1, as one ZIP file."""
    dry_run: bool = False
    """Report what would change, without changing anything."""
    force: bool = False
    """Apply the import although the brake would stop it: the rows it names end."""


@dataclass(frozen=True, kw_only=True)
class PutRoleMapping:
    """Replace the district's mapping of roster roles; it applies to later imports too."""

    entries: Annotated[tuple[RoleMappingEntry, ...], Examples([{"roster_role": "districtAdministrator", "role": "supervisor"}])]
    """One entry per roster role that is not mapped by its name."""
    expected_version: Annotated[int, Examples(1)] | None = None
    """The version that is replaced; may be absent only for the first mapping."""


@dataclass(frozen=True, kw_only=True)
class ReadRosterImport:
    """Read one import of a roster."""

    import_id: RosterImportId
    """The import."""


@dataclass(frozen=True, kw_only=True)
class ReadRoleMapping:
    """Read the district's role mapping."""
