"""Read, list and cancel jobs. No scope is needed: a requester finds only their own jobs."""

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
    """Return the state and progress of one of the requester's own jobs."""
    permission = authorize(ctx.actor, "read_job")
    async with ctx.read(permission) as unit:
        job = await unit.jobs.find(cmd.job_id)
    if job is None:
        raise _not_found()
    return job


@operation()
async def list_jobs(cmd: ListJobs, ctx: Context[JobsUnit]) -> Page[JobView]:
    """Return a page of the requester's own jobs, newest first."""
    permission = authorize(ctx.actor, "list_jobs")
    after = cursor_key(cmd, ctx.cursors)
    async with ctx.read(permission) as unit:
        rows = await unit.jobs.page(cmd.state, cmd.limit + 1, after)
    return make_page(rows, cmd, ctx.cursors, lambda job: (str(job.id),))


@operation(audit_object=JOB)
async def list_job_problems(cmd: ListJobProblems, ctx: Context[JobsUnit]) -> Page[JobFindingView]:
    """Return a page of all errors of a job, up to 1,000 lines; empty if it did not fail because of errors in the request."""
    permission = authorize(ctx.actor, "list_job_problems")
    after = cursor_key(cmd, ctx.cursors)
    async with ctx.read(permission) as unit:
        if await unit.jobs.find(cmd.job_id) is None:
            raise _not_found()
        rows = await unit.jobs.problems(cmd.job_id, cmd.limit + 1, after)
    return make_page(rows, cmd, ctx.cursors, lambda line: (str(line.position),))


@operation(audit_object=JOB, idempotency_key=True)
async def cancel_job(cmd: CancelJob, ctx: Context[JobsUnit]) -> JobView:
    """Cancel a job. Of a running job nothing is saved. Idempotent; a job that succeeded or failed cannot be cancelled."""
    permission = authorize(ctx.actor, "cancel_job")
    async with ctx.open(permission) as unit:
        cancelled = await unit.jobs.cancel(cmd.job_id, ctx.now())
        job = await unit.jobs.find(cmd.job_id)
        if job is None:
            raise _not_found()
        if not cancelled and job.state in ENDS - {JobState.CANCELLED}:
            raise Conflict(f"this job has {job.state.value} and can no longer be cancelled")
        unit.audit.record(Subject.JOB, cmd.job_id)
        await unit.commit()
    return job


@operation()
async def forget_jobs(cmd: ForgetJobs, ctx: Context[JobRetentionUnit]) -> None:  # noqa: ARG001 - nothing to say
    """Delete jobs that ended over 30 days ago, and the staged content of jobs that were not started within a week."""
    permission = authorize(ctx.actor, "forget_jobs")
    async with ctx.open(permission) as unit:
        await unit.running_jobs.forget_inputs(ctx.now() - INPUT_RETENTION)
        await unit.running_jobs.forget_ended(ctx.now() - JOB_RETENTION)
        await unit.commit()


def _not_found() -> NotFound:
    return NotFound("no job of yours has this id; GET /v1/jobs lists your jobs until 30 days after their end")
