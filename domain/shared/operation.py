"""One declaration per operation, beside its use case: what the audit trail, idempotency and rate limits need to know of it.

The action is the name of the use case; the policy has a row of that name. What an answer reveals is not declared: it
follows from the answer's type (`domain.permissions.revealed_data`).
"""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar
from uuid import UUID

from domain.shared.audit import Subject

UseCase = TypeVar("UseCase", bound=Callable[..., Any])


@dataclass(frozen=True)
class AuditObject:
    """The thing that a command names by id: its kind, and the command's member that has the id."""

    kind: Subject
    field: str


LEADER = AuditObject(Subject.LEADER, "leader_id")
OBSERVATION = AuditObject(Subject.OBSERVATION, "observation_id")
ASSESSMENT = AuditObject(Subject.ASSESSMENT, "assessment_id")
GROUP = AuditObject(Subject.GROUP, "group_id")
INITIATIVE = AuditObject(Subject.INITIATIVE, "initiative_id")
PERSON = AuditObject(Subject.PERSON, "person_id")
JOB = AuditObject(Subject.JOB, "job_id")
AUDIT_LOG = AuditObject(Subject.TRAIL, "object_id")


def single_request(_command: Any) -> int:
    """Count as one request."""
    return 1


@dataclass(frozen=True, kw_only=True)
class Operation:
    """What a use case declares of itself. `policy`: the action by which it is authorized.

    `audit_object`: the record that its command names, for the audit row of a denied request; None when there is none, or when
    only its author may know of it. `idempotency_key`: whether it takes an Idempotency-Key. `audited`: True for a read that is
    always recorded, False for a change that is not; None: changes are recorded, and reads that reveal something about a leader.
    `weight`: how many requests a command counts as.
    """

    action: str
    policy: str
    audit_object: AuditObject | None = None
    idempotency_key: bool = False
    audited: bool | None = None
    weight: Callable[[Any], int] = single_request

    def audit_object_of(self, command: object) -> tuple[Subject, UUID] | None:
        """Return kind and id of the thing that `command` names; None when it names none."""
        value = None if self.audit_object is None else getattr(command, self.audit_object.field, None)
        return (self.audit_object.kind, value) if self.audit_object is not None and isinstance(value, UUID) else None


def operation(
    *,
    policy: str | None = None,
    audit_object: AuditObject | None = None,
    idempotency_key: bool = False,
    audited: bool | None = None,
    weight: Callable[[Any], int] = single_request,
) -> Callable[[UseCase], UseCase]:
    """Declare the use case below it. `policy`: the action by which it is authorized, where that is another."""

    def declare(use_case: UseCase) -> UseCase:
        name = use_case.__name__
        declared = Operation(
            action=name,
            policy=policy or name,
            audit_object=audit_object,
            idempotency_key=idempotency_key,
            audited=audited,
            weight=weight,
        )
        use_case.operation = declared  # type: ignore[attr-defined]
        return use_case

    return declare


def find_operation(use_case: Callable[..., Any]) -> Operation | None:
    """Return what `use_case` declares; None when it declares nothing."""
    while isinstance(use_case, partial):
        use_case = use_case.func
    found: Operation | None = getattr(use_case, "operation", None)
    return found


def operation_of(use_case: Callable[..., Any]) -> Operation:
    """Return what `use_case` declares. Raises `TypeError` with the file to edit when it declares nothing."""
    found = find_operation(use_case)
    if found is None:
        file = inspect.getsourcefile(inspect.unwrap(use_case)) or "its file"
        raise TypeError(f"{use_case.__name__} is an operation without a declaration: put @operation(...) above it in {file}")
    return found
