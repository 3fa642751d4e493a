"""Start long use cases as jobs: the same command, run after the response."""

from domain.jobs.commands import ImportOptions
from domain.jobs.model import MAX_WAITING, MAX_WAITING_PER_REQUESTER, JobState
from domain.jobs.ports import JobsUnit
from domain.jobs.views import JobView
from domain.observations.commands import CreateCrosswalk
from domain.permissions.rules import authorize
from domain.roster.commands import ImportRoster
from domain.scoring.commands import PutConfiguration
from domain.shared.access_scope import Permission
from domain.shared.audit import Subject
from domain.shared.context import Context
from domain.shared.errors import Code, Conflict, Forbidden
from domain.shared.ids import JobId
from domain.shared.operation import operation


class TooManyJobs(Conflict):
    """The requester, or the district, has the maximum of unfinished jobs."""

    code = Code.TOO_MANY_JOBS
    retry = "later"


@operation(idempotency_key=True)
async def start_crosswalk(cmd: CreateCrosswalk, ctx: Context[JobsUnit]) -> JobView:
    """Save a new version of a crosswalk and score all evidence with it, in a job.

    A request that would be rejected makes the job fail with the same problem.
    """
    permission = authorize(ctx.actor, "start_crosswalk")
    return await start_job("create_crosswalk", cmd, permission, ctx)


@operation(idempotency_key=True)
async def start_configuration(cmd: PutConfiguration, ctx: Context[JobsUnit]) -> JobView:
    """Put a whole configuration into force and score all evidence with it, in a job.

    The version it replaces is compared when the job runs: the job fails as stale if the configuration changed meanwhile.
    """
    permission = authorize(ctx.actor, "start_configuration")
    return await start_job("put_configuration", cmd, permission, ctx)


@operation(idempotency_key=True)
async def start_roster_import(cmd: ImportRoster, ctx: Context[JobsUnit]) -> JobView:
    """Import a roster package, or run the import as a dry run, in a job.

    The package is stored until the job ends in any way, for a week at most. A package that would be rejected makes the job
    fail with the same problem, in which no person is named; `problems_url` lists all errors.
    """
    permission = authorize(ctx.actor, "start_roster_import")
    options = ImportOptions(dry_run=cmd.dry_run, force=cmd.force)
    return await start_job("import_roster", options, permission, ctx, staged=cmd.package)


async def start_job(
    kind: str, command: object, permission: Permission, ctx: Context[JobsUnit], *, staged: bytes | None = None
) -> JobView:
    """Queue a job of `kind` that runs its use case with `command`; `staged` is the content that holds personal data.

    Raises `TooManyJobs` while `MAX_WAITING_PER_REQUESTER` jobs of the requester or `MAX_WAITING` of the district have not
    ended, and `Forbidden` if the actor acts in somebody's place.
    """
    if ctx.actor.supporter is not None:
        # The job would run later, when the consent may be over, and as the person alone.
        raise Forbidden("you cannot start a job while you act in somebody's place; ask the person to start it")
    job_id = JobId(ctx.new_id())
    async with ctx.open(permission) as unit:
        own, of_district = await unit.jobs.waiting()
        if own >= MAX_WAITING_PER_REQUESTER or of_district >= MAX_WAITING:
            whose = f"you have {own} jobs" if own >= MAX_WAITING_PER_REQUESTER else f"your district has {of_district} jobs"
            raise TooManyJobs(f"{whose} that have not ended; wait for yours (GET /v1/jobs), or cancel one, then retry")
        await unit.jobs.enqueue(kind, {}, job_id=job_id, at=ctx.now(), command=command, staged=staged)
        unit.audit.record(Subject.JOB, job_id)
        await unit.commit()
    return JobView(
        id=job_id,
        kind=kind,
        state=JobState.QUEUED,
        progress=0.0,
        created_at=ctx.now(),
        started_at=None,
        finished_at=None,
        result_url=None,
        problems_url=None,
        problem=None,
    )
