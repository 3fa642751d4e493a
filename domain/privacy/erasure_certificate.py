"""Signed certificates of erasures: counts, digests, time and actor, without personal data."""

import hmac
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from domain.shared.context import Actor, ActorKind, KeyedDigests
from domain.shared.fields import Examples

PURPOSE = "erasure certificates"


@dataclass(frozen=True, kw_only=True)
class TableCount:
    """The number of rows of a table."""

    table: Annotated[str, Examples("observation")]
    """The table."""
    rows: int
    """The number of rows."""


@dataclass(frozen=True, kw_only=True)
class Certificate:
    """A document with its signature, a hexadecimal HMAC-SHA256."""

    document: Mapping[str, Any]
    signature: str


def table_counts(rows: Mapping[str, int]) -> tuple[TableCount, ...]:
    """Return `rows` by table in alphabetical order, without zeros."""
    return tuple(TableCount(table=table, rows=n) for table, n in sorted(rows.items()) if n)


def issue_certificate(what: str, number: UUID, actor: Actor, at: datetime, keyed: KeyedDigests, **details: Any) -> Certificate:
    """Return a signed certificate of the erasure of `what` (person or district) in the actor's district."""
    document = {
        "format": "evenkeel-erasure-certificate",
        "format_version": 1,
        "number": str(number),
        "what": what,
        "district_id": str(actor.district_id),
        "at": at.isoformat(),
        "by": actor_label(actor),
        **details,
    }
    return Certificate(document=document, signature=keyed(PURPOSE, certificate_bytes(document))[0].hex())


def is_genuine(certificate: Certificate, keyed: KeyedDigests) -> bool:
    """Return whether `certificate` is unchanged and signed with the current or a previous key of this installation."""
    try:
        presented = bytes.fromhex(certificate.signature)
    except ValueError:
        return False
    return any(hmac.compare_digest(presented, expected) for expected in keyed(PURPOSE, certificate_bytes(certificate.document)))


def certificate_bytes(document: Mapping[str, Any]) -> bytes:
    """Return the bytes to sign: JSON with sorted members and without spaces."""
    return json.dumps(document, sort_keys=True, separators=(",", ":")).encode()


def actor_label(actor: Actor) -> str:
    """Return the actor's kind and id; of an operator only the kind, as a login name may be personal."""
    return "operator" if actor.kind is ActorKind.OPERATOR else f"{actor.kind.value}:{actor.id}"


def counts_by_table(counts: Iterable[TableCount]) -> dict[str, int]:
    """Return the counts as a mapping for a document."""
    return {c.table: c.rows for c in counts}
