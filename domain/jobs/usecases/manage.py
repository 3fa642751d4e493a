"""What people and clients do with their jobs. No scope: a job is one's own, or it is not found."""

from datetime import timedelta

from domain.jobs.commands import CancelJob, ForgetJobs, ListJobProblems, ListJobs, ReadJob
from domain.jobs.model import ENDS, INPUT_RETENTION, JobState
from domain.jobs.ports import JobRetentionUnit, JobsUnit
from domain.jobs.views import JobFindingView, JobView
from domain.permissions.rules import authorize
from domain.shared.audit import Subject
from domain.shared.context import Context
from domain.shared.errors import Conflict, NotFound
from domain.shared.operation import JOB, operation
from domain.shared.paging import Page, cursor_key, make_page

JOB_RETENTION = timedelta(days=30)
"""How long a job can be read after its end."""


@operation(audit_object=JOB)
async def read_job(cmd: ReadJob, ctx: Context[JobsUnit]) -> JobView:
    """How far a job of one's own is."""
    permission = authorize(ctx.actor, "read_job")
    async with ctx.read(permission) as unit:
        found = await unit.jobs.find(cmd.job_id)
    if found is None:
        raise _not_found()
    return found


@operation()
async def list_jobs(cmd: ListJobs, ctx: Context[JobsUnit]) -> Page[JobView]:
    """A page of one's own jobs, newest first."""
    permission = authorize(ctx.actor, "list_jobs")
    after = cursor_key(cmd, ctx.cursors)
    async with ctx.read(permission) as unit:
        rows = await unit.jobs.page(cmd.state, cmd.limit + 1, after)
    return make_page(rows, cmd, ctx.cursors, lambda job: (str(job.id),))


@operation(audit_object=JOB)
async def list_job_problems(cmd: ListJobProblems, ctx: Context[JobsUnit]) -> Page[JobFindingView]:
    """A page of everything that was wrong, up to 1,000 lines; empty where the job did not fail for faults."""
    permission = authorize(ctx.actor, "list_job_problems")
    after = cursor_key(cmd, ctx.cursors)
    async with ctx.read(permission) as unit:
        if await unit.jobs.find(cmd.job_id) is None:
            raise _not_found()
        rows = await unit.jobs.problems(cmd.job_id, cmd.limit + 1, after)
    return make_page(rows, cmd, ctx.cursors, lambda line: (str(line.position),))


@operation(audit_object=JOB, idempotency_key=True)
async def cancel_job(cmd: CancelJob, ctx: Context[JobsUnit]) -> JobView:
    """Let a job go no further; of one that runs nothing is kept. A cancelled one stays so; one that has ended can't be."""
    permission = authorize(ctx.actor, "cancel_job")
    async with ctx.open(permission) as unit:
        cancelled = await unit.jobs.cancel(cmd.job_id, ctx.now())
        found = await unit.jobs.find(cmd.job_id)
        if found is None:
            raise _not_found()
        if not cancelled and found.state in ENDS - {JobState.CANCELLED}:
            raise Conflict(f"this job has {found.state.value}: there is nothing left to cancel")
        unit.audit.record(Subject.JOB, cmd.job_id)
        await unit.commit()
    return found


@operation()
async def forget_jobs(cmd: ForgetJobs, ctx: Context[JobRetentionUnit]) -> None:  # noqa: ARG001 - nothing to say
    """Forget what ended over 30 days ago, and what was handed over for jobs that nobody began within a week."""
    permission = authorize(ctx.actor, "forget_jobs")
    async with ctx.open(permission) as unit:
        await unit.running_jobs.forget_inputs(ctx.now() - INPUT_RETENTION)
        await unit.running_jobs.forget_ended(ctx.now() - JOB_RETENTION)
        await unit.commit()


def _not_found() -> NotFound:
    return NotFound("no job of yours has this id; GET /v1/jobs lists them, for 30 days after their end")
