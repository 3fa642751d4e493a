"""Create, edit and read initiatives."""

from dataclasses import asdict, dataclass
from datetime import datetime

from domain.change.commands import CreateInitiative, DescribeInitiative, EditInitiative, ListInitiatives, ReadInitiative
from domain.change.lookup import initiative_of
from domain.change.model import Initiative
from domain.change.ports import ChangeUnit
from domain.change.views import InitiativeReceiptView, InitiativeView
from domain.directory.ports import ReferencedPerson
from domain.directory.reference_resolution import resolve_leader, resolve_school
from domain.permissions.rules import authorize
from domain.shared.audit import Subject
from domain.shared.context import Context
from domain.shared.errors import FieldError, Invalid
from domain.shared.idempotent_push import Outcome, PushDecision, PushKind, lookup_push, save_head, version_of
from domain.shared.ids import InitiativeId, SchoolId
from domain.shared.operation import INITIATIVE, LEADER, operation
from domain.shared.paging import Key, Page, cursor_key, make_page
from domain.shared.versions import check_version

NOUN = "initiative"


@operation(idempotency_key=True)
async def create_initiative(cmd: CreateInitiative, ctx: Context[ChangeUnit]) -> InitiativeReceiptView:
    """Create an initiative. Idempotent under the same external_id; a higher version replaces the description."""
    permission = authorize(ctx.actor, "create_initiative")
    async with ctx.open(permission) as unit:
        push = await lookup_push(unit.pushes, PushKind.INITIATIVE, cmd, ctx.digest)
        if push.head is not None and push.outcome is Outcome.UNCHANGED:
            initiative = await initiative_of(InitiativeId(push.head.id), unit.initiatives)
            if push.digest_updated:
                unit.audit.record(Subject.INITIATIVE, initiative.id)
                await unit.commit()
            return _receipt(initiative, cmd, push)
        initiative = await _save_pushed(cmd, push, unit, ctx)
        await save_head(unit.pushes, PushKind.INITIATIVE, cmd, initiative.id, push)
        await unit.commit()
    return _receipt(initiative, cmd, push)


@operation(audit_object=INITIATIVE, idempotency_key=True)
async def edit_initiative(cmd: EditInitiative, ctx: Context[ChangeUnit]) -> InitiativeView:
    """Replace the description of an initiative. Rejected if it changed since it was read."""
    permission = authorize(ctx.actor, "edit_initiative")
    async with ctx.open(permission) as unit:
        before = await initiative_of(cmd.initiative_id, unit.initiatives, lock=True)
        check_version(before.version, cmd.expected_version, NOUN)
        after = await _described(cmd, _next_identity(before), unit)
        await unit.initiatives.replace(after)
        unit.audit.record(Subject.INITIATIVE, after.id, before=before, after=after)
        await unit.commit()
    return _view(after)


@operation(audit_object=INITIATIVE)
async def read_initiative(cmd: ReadInitiative, ctx: Context[ChangeUnit]) -> InitiativeView:
    """Return one initiative."""
    permission = authorize(ctx.actor, "read_initiative")
    async with ctx.read(permission) as unit:
        return _view(await initiative_of(cmd.initiative_id, unit.initiatives))


@operation(audit_object=LEADER)
async def list_initiatives(cmd: ListInitiatives, ctx: Context[ChangeUnit]) -> Page[InitiativeView]:
    """Return a page of initiatives, newest first."""
    permission = authorize(ctx.actor, "list_initiatives")
    after = cursor_key(cmd, ctx.cursors)
    async with ctx.read(permission) as unit:
        rows = await unit.initiatives.page(cmd.leader_id, cmd.limit + 1, after)
    return make_page([_view(row) for row in rows], cmd, ctx.cursors, _key)


def _key(view: InitiativeView) -> Key:
    return (str(view.id),)


@dataclass(frozen=True, kw_only=True)
class _Identity:
    """The members of an initiative that its description does not contain."""

    id: InitiativeId
    external_id: str | None
    created_at: datetime
    version: int


def _next_identity(before: Initiative) -> _Identity:
    return _Identity(id=before.id, external_id=before.external_id, created_at=before.created_at, version=before.version + 1)


async def _save_pushed(cmd: CreateInitiative, push: PushDecision, unit: ChangeUnit, ctx: Context[ChangeUnit]) -> Initiative:
    """Insert or update the initiative of a push, and return it."""
    if push.head is None:
        identity = _Identity(id=InitiativeId(ctx.new_id()), external_id=cmd.external_id, created_at=ctx.now(), version=1)
        initiative = await _described(cmd, identity, unit)
        await unit.initiatives.add(initiative)
        unit.audit.record(Subject.INITIATIVE, initiative.id, after=initiative)
    else:
        before = await initiative_of(InitiativeId(push.head.id), unit.initiatives, lock=True)
        initiative = await _described(cmd, _next_identity(before), unit)
        await unit.initiatives.replace(initiative)
        unit.audit.record(Subject.INITIATIVE, initiative.id, before=before, after=initiative)
    return initiative


async def _described(cmd: DescribeInitiative, identity: _Identity, unit: ChangeUnit) -> Initiative:
    """Return the initiative as `cmd` describes it. Raises `Invalid` with both errors if leader and school are not found."""
    leader = resolve_leader(cmd.leader, await unit.references.people_in_scope([cmd.leader]), "/leader")
    school: SchoolId | FieldError | None = None
    if cmd.school is not None:
        school = resolve_school(cmd.school, await unit.references.schools([cmd.school]), "/school")
    if not isinstance(leader, ReferencedPerson) or isinstance(school, FieldError):
        raise Invalid.of(error for error in (leader, school) if isinstance(error, FieldError))
    return Initiative(
        id=identity.id,
        leader_id=leader.id,
        title=cmd.title,
        focus_area=cmd.focus_area,
        practice=cmd.practice,
        school_id=school,
        starts_on=cmd.starts_on,
        ends_on=cmd.ends_on,
        decide_by=cmd.decide_by,
        stakes=cmd.stakes,
        goal_tied_to_student_learning=cmd.goal_tied_to_student_learning,
        about_teaching_and_learning=cmd.about_teaching_and_learning,
        external_id=identity.external_id,
        created_at=identity.created_at,
        version=identity.version,
    )


def _view(initiative: Initiative) -> InitiativeView:
    return InitiativeView(**asdict(initiative))


def _receipt(initiative: Initiative, cmd: CreateInitiative, push: PushDecision) -> InitiativeReceiptView:
    return InitiativeReceiptView(
        id=initiative.id,
        external_id=cmd.external_id,
        external_version=None if cmd.external_id is None else str(version_of(cmd)),
        outcome=push.outcome,
        initiative=_view(initiative),
    )
