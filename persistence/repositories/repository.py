"""What every store of a district has."""

from typing import Any

from domain.shared.ids import DistrictId
from persistence.database.connection import Connection


class Repository:
    """A store of one district, on the connection of its unit of work.

    The port that it satisfies documents each method; here stands only what is PostgreSQL's. The four methods below are
    awaited like the driver's.
    """

    def __init__(self, connection: Connection, district_id: DistrictId) -> None:
        self.connection = connection
        self.district_id = district_id

    def fetch(self, query: str, *values: Any) -> Any:
        """The rows of `query`, in which `$1` is the district and `values` begin with `$2`."""
        return self.connection.fetch(query, self.district_id, *values)

    def fetchrow(self, query: str, *values: Any) -> Any:
        """The first row, or None; parameters as in `fetch`."""
        return self.connection.fetchrow(query, self.district_id, *values)

    def fetchval(self, query: str, *values: Any) -> Any:
        """The first column of the first row, or None; parameters as in `fetch`."""
        return self.connection.fetchval(query, self.district_id, *values)

    def execute(self, query: str, *values: Any) -> Any:
        """The command tag, as `DELETE 3`; parameters as in `fetch`."""
        return self.connection.execute(query, self.district_id, *values)
