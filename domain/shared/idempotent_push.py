"""Twice is once: the identity of what is pushed to us, and what a further push of it means (openapi/README.md 3).

Identity is (district, origin, kind of thing, external_id). The *head* of an identity holds its newest version, whether it is
live or retracted, and a keyed digest of its content. A push without an external_id has no identity: it is created each time.

A digest that can't be compared (made under a key that is gone, or in another installation) does not make a repeat a conflict:
the version is the same, so the repeat is ``unchanged``, and its digest is stored from then on.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NamedTuple, Protocol
from uuid import UUID

from domain.shared.errors import Code, Conflict
from domain.shared.fast_dataclass import fast_init
from domain.shared.keyed_digest import ContentDigest, DigestMatch


class PushKind(StrEnum):
    """Kinds of things that can be pushed under an external_id."""

    OBSERVATION = "observation"
    SELF_ASSESSMENT = "self_assessment"
    SUPERVISOR_ASSESSMENT = "supervisor_assessment"
    INITIATIVE = "initiative"
    GROUP = "group"


class Outcome(StrEnum):
    """What came of a push that was taken."""

    CREATED = "created"
    REPLACED = "replaced"
    UNCHANGED = "unchanged"
    RETRACTED = "retracted"


@fast_init
@dataclass(frozen=True, kw_only=True)
class PushHead:
    """What is held of one identity: ``id`` of the thing, its newest ``version``, ``digest`` of its content.

    ``digest`` is None for a tombstone: a retraction, perhaps of something never seen; ``FORGOTTEN`` where it was erased.
    """

    external_id: str
    id: UUID
    version: int
    digest: bytes | None

    @property
    def retracted(self) -> bool:
        """Whether the newest version is a retraction."""
        return self.digest is None


class VersionReused(Conflict):
    """The version is held already, with other content or as a retraction."""

    code = Code.VERSION_REUSED


class VersionOlder(Conflict):
    """A newer version is held; ``more['current_version']`` names it."""

    code = Code.VERSION_OLDER


def outcome_of_push(head: PushHead | None, version: int, digest: ContentDigest) -> Outcome:
    """What a push of ``version`` with ``digest`` does to ``head``; refusals are ``VersionReused`` and ``VersionOlder``."""
    if head is None:
        return Outcome.CREATED
    if version > head.version:
        return Outcome.REPLACED
    if version < head.version:
        raise _older_version(head)
    if head.digest is not None and digest.compare(head.digest) is not DigestMatch.OTHER:
        return Outcome.UNCHANGED
    held = "as a retraction" if head.retracted else "with other content"
    raise VersionReused(
        f"version {version} of this external_id is held already, {held}; send a change under a higher external_version",
        extensions={"current_version": str(head.version)},
    )


def with_current_digest(head: PushHead, digest: ContentDigest) -> PushHead:
    """``head`` of an unchanged push as it is to be stored: with the present digest, unless the one held is to stay."""
    if head.digest is None or not digest.replaces(head.digest):
        return head
    return replace(head, digest=digest.current)


def outcome_of_retraction(head: PushHead | None, version: int) -> Outcome:
    """What a retraction under ``version`` does to ``head``; an identity not seen yet becomes a tombstone."""
    if head is None or version > head.version:
        return Outcome.RETRACTED
    if version < head.version:
        raise _older_version(head)
    if head.retracted:
        return Outcome.UNCHANGED
    raise VersionReused(
        f"version {version} is the live push itself; retract it under a higher external_version",
        extensions={"current_version": str(head.version)},
    )


def _older_version(head: PushHead) -> VersionOlder:
    return VersionOlder(
        f"version {head.version} of this external_id is held; send a higher external_version",
        extensions={"current_version": str(head.version)},
    )


class PushStore(Protocol):
    """Heads of identities of one district and one origin."""

    async def lock(self, kind: PushKind, external_ids: Sequence[str]) -> Mapping[str, PushHead]:
        """The heads held of ``external_ids``, locked in key order until the unit ends."""
        ...

    async def create(self, kind: PushKind, heads: Sequence[PushHead]) -> None:
        """Keep the first version of new identities. Raises ``Contended`` when somebody else created one meanwhile."""
        ...

    async def advance(self, kind: PushKind, heads: Sequence[PushHead]) -> None:
        """Keep a newer version of identities that were locked before."""
        ...


class Pushable(Protocol):
    """A command that may carry the sender's own identity of a thing."""

    @property
    def external_id(self) -> str | None: ...

    @property
    def external_version(self) -> str | None: ...


class PushDecision(NamedTuple):
    """What is held under the external_id of a command, and what the command does to it.

    ``renewed``: an unchanged push stored its digest anew, which is to be committed.
    """

    head: PushHead | None
    outcome: Outcome
    digest: bytes
    digest_updated: bool = False


def version_of(cmd: Pushable) -> int:
    """The version as a number; absent is 1."""
    return int(cmd.external_version or 1)


async def lookup_push(
    store: PushStore, kind: PushKind, cmd: Pushable, digest: Callable[[object], ContentDigest]
) -> PushDecision:
    """Decided before anything that ``cmd`` refers to is looked up; without an external_id it is new each time."""
    if cmd.external_id is None:
        return PushDecision(None, Outcome.CREATED, b"")
    said = digest(cmd)
    head = (await store.lock(kind, [cmd.external_id])).get(cmd.external_id)
    outcome = outcome_of_push(head, version_of(cmd), said)
    after = with_current_digest(head, said) if head is not None and outcome is Outcome.UNCHANGED else head
    if head is None or after is None or after is head:
        return PushDecision(head, outcome, said.current)
    await store.advance(kind, [after])
    return PushDecision(after, outcome, said.current, digest_updated=True)


async def save_head(store: PushStore, kind: PushKind, cmd: Pushable, object_id: UUID, push: PushDecision) -> None:
    """Keep ``cmd`` as the newest version under its external_id, if it has one."""
    if cmd.external_id is None:
        return
    head = PushHead(external_id=cmd.external_id, id=object_id, version=version_of(cmd), digest=push.digest)
    if push.head is None:
        await store.create(kind, [head])
    else:
        await store.advance(kind, [head])
