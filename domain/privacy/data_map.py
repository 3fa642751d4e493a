"""The data map: every table and column, what it holds, who reads it, how long it stays and how it goes.

Export, erasure and retention read these rows, so what is told here is what happens. A test fails for a column that is not here.
"""

from collections.abc import Mapping

from domain.privacy import (
    data_map_access,
    data_map_apps,
    data_map_control,
    data_map_evidence,
    data_map_happened,
    data_map_keeping,
    data_map_people,
    data_map_sign_in,
)
from domain.privacy.model import Table

TABLES: tuple[Table, ...] = (
    *data_map_control.TABLES,
    *data_map_people.TABLES,
    *data_map_access.TABLES,
    *data_map_sign_in.TABLES,
    *data_map_apps.TABLES,
    *data_map_happened.TABLES,
    *data_map_evidence.TABLES,
    *data_map_keeping.TABLES,
)

BY_NAME: Mapping[str, Table] = {table.name: table for table in TABLES}
