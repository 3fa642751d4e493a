"""Base class of the stores of one district."""

from typing import Any

from domain.shared.ids import DistrictId
from persistence.database.connection import Connection


class Repository:
    """A store of one district, on the connection of its unit of work.

    The port that a store implements documents its methods; the store's docstrings add only what is specific to PostgreSQL.
    The four methods below are awaited like the driver's.
    """

    def __init__(self, connection: Connection, district_id: DistrictId) -> None:
        self.connection = connection
        self.district_id = district_id

    def fetch(self, query: str, *values: Any) -> Any:
        """Return the rows of `query`; `$1` is the district, `values` begin at `$2`."""
        return self.connection.fetch(query, self.district_id, *values)

    def fetchrow(self, query: str, *values: Any) -> Any:
        """Return the first row, or None; parameters as in `fetch`."""
        return self.connection.fetchrow(query, self.district_id, *values)

    def fetchval(self, query: str, *values: Any) -> Any:
        """Return the first column of the first row, or None; parameters as in `fetch`."""
        return self.connection.fetchval(query, self.district_id, *values)

    def execute(self, query: str, *values: Any) -> Any:
        """Return the command tag, such as `DELETE 3`; parameters as in `fetch`."""
        return self.connection.execute(query, self.district_id, *values)
