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
from domain.shared.fast_dataclass import quick
from domain.shared.keyed_digest import ContentDigest, Match


class Thing(StrEnum):
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


@quick
@dataclass(frozen=True, kw_only=True)
class Head:
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


def outcome_of_push(head: Head | None, version: int, digest: ContentDigest) -> Outcome:
    """What a push of ``version`` with ``digest`` does to ``head``; refusals are ``VersionReused`` and ``VersionOlder``."""
    if head is None:
        return Outcome.CREATED
    if version > head.version:
        return Outcome.REPLACED
    if version < head.version:
        raise _older(head)
    if head.digest is not None and digest.compare(head.digest) is not Match.OTHER:
        return Outcome.UNCHANGED
    held = "as a retraction" if head.retracted else "with other content"
    raise VersionReused(
        f"version {version} of this external_id is held already, {held}; send a change under a higher external_version",
        more={"current_version": str(head.version)},
    )


def renewed(head: Head, digest: ContentDigest) -> Head:
    """``head`` of an unchanged push as it is to be stored: with the present digest, unless the one held is to stay."""
    if head.digest is None or not digest.replaces(head.digest):
        return head
    return replace(head, digest=digest.current)


def outcome_of_retraction(head: Head | None, version: int) -> Outcome:
    """What a retraction under ``version`` does to ``head``; an identity not seen yet becomes a tombstone."""
    if head is None or version > head.version:
        return Outcome.RETRACTED
    if version < head.version:
        raise _older(head)
    if head.retracted:
        return Outcome.UNCHANGED
    raise VersionReused(
        f"version {version} is the live push itself; retract it under a higher external_version",
        more={"current_version": str(head.version)},
    )


def _older(head: Head) -> VersionOlder:
    return VersionOlder(
        f"version {head.version} of this external_id is held; send a higher external_version",
        more={"current_version": str(head.version)},
    )


class PushStore(Protocol):
    """Heads of identities of one district and one origin."""

    async def lock(self, thing: Thing, external_ids: Sequence[str]) -> Mapping[str, Head]:
        """The heads held of ``external_ids``, locked in key order until the unit ends."""
        ...

    async def create(self, thing: Thing, heads: Sequence[Head]) -> None:
        """Keep the first version of new identities. Raises ``Contended`` when somebody else created one meanwhile."""
        ...

    async def advance(self, thing: Thing, heads: Sequence[Head]) -> None:
        """Keep a newer version of identities that were locked before."""
        ...


class Pushable(Protocol):
    """A command that may carry the sender's own identity of a thing."""

    @property
    def external_id(self) -> str | None: ...

    @property
    def external_version(self) -> str | None: ...


class Push(NamedTuple):
    """What is held under the external_id of a command, and what the command does to it.

    ``renewed``: an unchanged push stored its digest anew, which is to be committed.
    """

    head: Head | None
    outcome: Outcome
    digest: bytes
    renewed: bool = False


def version_of(cmd: Pushable) -> int:
    """The version as a number; absent is 1."""
    return int(cmd.external_version or 1)


async def identify(store: PushStore, thing: Thing, cmd: Pushable, digest: Callable[[object], ContentDigest]) -> Push:
    """Decided before anything that ``cmd`` refers to is looked up; without an external_id it is new each time."""
    if cmd.external_id is None:
        return Push(None, Outcome.CREATED, b"")
    said = digest(cmd)
    head = (await store.lock(thing, [cmd.external_id])).get(cmd.external_id)
    outcome = outcome_of_push(head, version_of(cmd), said)
    after = renewed(head, said) if head is not None and outcome is Outcome.UNCHANGED else head
    if head is None or after is None or after is head:
        return Push(head, outcome, said.current)
    await store.advance(thing, [after])
    return Push(after, outcome, said.current, renewed=True)


async def remember(store: PushStore, thing: Thing, cmd: Pushable, thing_id: UUID, push: Push) -> None:
    """Keep ``cmd`` as the newest version under its external_id, if it has one."""
    if cmd.external_id is None:
        return
    head = Head(external_id=cmd.external_id, id=thing_id, version=version_of(cmd), digest=push.digest)
    if push.head is None:
        await store.create(thing, [head])
    else:
        await store.advance(thing, [head])
