"""Error of the embedded PostgreSQL."""


class StartError(RuntimeError):
    """The database cannot be started or used; the message tells the operator what to do."""
