"""Who was erased must not come back: by what people are recognised, and how it is kept so that nobody can read it."""

from collections.abc import Iterable
from uuid import UUID

from domain.shared.context import KeyedDigests

PURPOSE = "erasure list"


def erasure_digests(
    district_id: UUID,
    keyed_digests: KeyedDigests,
    *,
    person_id: UUID | None = None,
    sourced_id: str | None = None,
    identifier: str | None = None,
) -> tuple[bytes, ...]:
    """Keyed digests of a person's id, sourcedId and staff number in a district, those under the present key first.

    User names and mail addresses are handed on to others; they are none of it.
    """
    said = [
        f"{kind}\x1f{value}"
        for kind, value in (("id", person_id), ("sourced_id", sourced_id), ("identifier", identifier))
        if value is not None
    ]
    found = [keyed_digests(PURPOSE, f"{district_id}\x1f{name}".encode()) for name in said]
    return tuple(digest for under in zip(*found, strict=True) for digest in under)


def is_erased(digests: Iterable[bytes], erased: frozenset[bytes]) -> bool:
    """Whether any of ``digests`` is listed."""
    return not erased.isdisjoint(digests)
