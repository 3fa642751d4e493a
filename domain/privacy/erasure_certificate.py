"""Proof that something was erased: counts, digests, when and by whom, signed; no personal data."""

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
    """How many rows of a table."""

    table: Annotated[str, Examples("observation")]
    """The table."""
    rows: int
    """How many rows."""


@dataclass(frozen=True, kw_only=True)
class Certificate:
    """A signed document."""

    document: Mapping[str, Any]
    signature: str


def table_counts(rows: Mapping[str, int]) -> tuple[TableCount, ...]:
    """``rows`` by table, without those that have none, in alphabetical order."""
    return tuple(TableCount(table=table, rows=n) for table, n in sorted(rows.items()) if n)


def issue_certificate(what: str, number: UUID, actor: Actor, at: datetime, keyed: KeyedDigests, **details: Any) -> Certificate:
    """A certificate of the erasure of ``what`` in the actor's district."""
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
    """Whether ``certificate`` was signed by this installation, under its key or one before, and not changed since."""
    try:
        presented = bytes.fromhex(certificate.signature)
    except ValueError:
        return False
    return any(hmac.compare_digest(presented, own) for own in keyed(PURPOSE, certificate_bytes(certificate.document)))


def certificate_bytes(document: Mapping[str, Any]) -> bytes:
    """What is signed: the document with its members in order and no blanks."""
    return json.dumps(document, sort_keys=True, separators=(",", ":")).encode()


def actor_label(actor: Actor) -> str:
    """Who did it, without a name: an operator's login may be one."""
    return "operator" if actor.kind is ActorKind.OPERATOR else f"{actor.kind.value}:{actor.id}"


def counts_by_table(counts: Iterable[TableCount]) -> dict[str, int]:
    """The counts as a document has them."""
    return {c.table: c.rows for c in counts}
