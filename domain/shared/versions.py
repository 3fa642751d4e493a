"""Optimistic locking: who changes something names the version that they read, so that nobody overwrites an unseen change."""

from domain.shared.errors import Code, Invalid, Stale


def check_version(existing: int, expected: int | None, what: str, *, first: bool = False) -> None:
    """Check that the command expects the version that is stored.

    `existing`: the stored version of `what`, as in "role mapping"; `expected`: the version that the command names, None where
    it names none. `first`: nothing can be lost, because nothing is stored yet or the same is stored, so None is allowed.
    Raises `Invalid` (`if_match_missing`) where a version must be named, and `Stale` where another one is stored.
    """
    if expected is None and not first:
        detail = f"say which version of the {what} you change: If-Match (GraphQL: expectedVersion) with the version read"
        raise Invalid(detail, code=Code.IF_MATCH_MISSING)
    if expected is not None and expected != existing:
        raise Stale(
            f"somebody changed the {what} since you read it; read it again and repeat", extensions={"current_version": existing}
        )
