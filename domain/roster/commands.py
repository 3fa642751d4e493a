"""What may be done with rosters: import one, read what an import did, say what its roles mean."""

from dataclasses import dataclass
from typing import Annotated

from domain.roster.role_mapping import RoleMappingEntry
from domain.shared.fields import Examples
from domain.shared.ids import RosterImportId


@dataclass(frozen=True, kw_only=True)
class ImportRoster:
    """Take in a whole roster; everything or nothing."""

    package: bytes
    """A OneRoster CSV bulk package, version 1.2 or 1.1, as one ZIP file."""
    dry_run: bool = False
    """Only say what would change; nothing does."""
    force: bool = False
    """Go on although the brake holds: what it names vanishes."""


@dataclass(frozen=True, kw_only=True)
class PutRoleMapping:
    """Replace the district's word on what roster roles mean; it survives imports."""

    entries: Annotated[tuple[RoleMappingEntry, ...], Examples([{"roster_role": "districtAdministrator", "role": "supervisor"}])]
    """One entry per roster role that is not to be taken by its name."""
    expected_version: Annotated[int, Examples(1)] | None = None
    """The version this replaces; absent only where nothing is held yet."""


@dataclass(frozen=True, kw_only=True)
class ReadRosterImport:
    """One import of a roster."""

    import_id: RosterImportId
    """The import."""


@dataclass(frozen=True, kw_only=True)
class ReadRoleMapping:
    """What roster roles mean in this district."""
