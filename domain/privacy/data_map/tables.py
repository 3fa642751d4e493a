"""The data map: every table and column, what it holds, who reads it, how long it stays and how it goes.

Export, erasure and retention read these rows, so what is told here is what happens. A test fails for a column that is not here.
"""

from collections.abc import Mapping

from domain.privacy.data_map import access, apps, audit_and_jobs, change_and_retention, control, evidence, people, sign_in
from domain.privacy.data_map.model import Table

TABLES: tuple[Table, ...] = (
    *control.TABLES,
    *people.TABLES,
    *access.TABLES,
    *sign_in.TABLES,
    *apps.TABLES,
    *audit_and_jobs.TABLES,
    *evidence.TABLES,
    *change_and_retention.TABLES,
)

BY_NAME: Mapping[str, Table] = {table.name: table for table in TABLES}
