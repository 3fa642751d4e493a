"""Why the embedded PostgreSQL does not start."""


class StartError(RuntimeError):
    """The embedded server refuses; the message is for an operator and says what to do."""
