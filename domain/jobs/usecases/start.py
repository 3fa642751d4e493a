"""Use cases that may take long, asked for as jobs: the same command, done after the answer."""

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
    """As many jobs wait or run already as one may have, or a district."""

    code = Code.TOO_MANY_JOBS
    retry = "later"


@operation(idempotency_key=True)
async def start_crosswalk(cmd: CreateCrosswalk, ctx: Context[JobsUnit]) -> JobView:
    """Keep a new version of a crosswalk and score everything with it, however much that is, in a job.

    What would be refused is refused by the job: it fails with the same problem.
    """
    permission = authorize(ctx.actor, "start_crosswalk")
    return await start_job("create_crosswalk", cmd, permission, ctx)


@operation(idempotency_key=True)
async def start_configuration(cmd: PutConfiguration, ctx: Context[JobsUnit]) -> JobView:
    """Put a whole configuration in force, however much has to be scored anew, in a job.

    The version it replaces is compared when the job runs: it fails as stale where somebody was faster.
    """
    permission = authorize(ctx.actor, "start_configuration")
    return await start_job("put_configuration", cmd, permission, ctx)


@operation(idempotency_key=True)
async def start_roster_import(cmd: ImportRoster, ctx: Context[JobsUnit]) -> JobView:
    """Take a package over and import it, or try it, in a job.

    The package waits beside the job until that ends in any way, for a week at most. What would be refused is refused by the
    job: it fails with the same problem, in which nobody is named, and `problems_url` lists everything wrong.
    """
    permission = authorize(ctx.actor, "start_roster_import")
    options = ImportOptions(dry_run=cmd.dry_run, force=cmd.force)
    return await start_job("import_roster", options, permission, ctx, staged=cmd.package)


async def start_job(
    kind: str, command: object, permission: Permission, ctx: Context[JobsUnit], *, staged: bytes | None = None
) -> JobView:
    """Have `kind` done in a job that says `said` to its use case; `staged`: what holds personal data of it.

    Refused (`too_many_jobs`) while `MOST_OF_ONE` of the requester or `MOST_WAITING` of the district have not ended.
    """
    if ctx.actor.supporter is not None:
        # It would run later, when the consent may be over, and as the person alone.
        raise Forbidden("whoever acts in somebody's place starts no jobs; let them start it themselves")
    job_id = JobId(ctx.new_id())
    async with ctx.open(permission) as unit:
        own, together = await unit.jobs.waiting()
        if own >= MAX_WAITING_PER_REQUESTER or together >= MAX_WAITING:
            whose = f"you have {own} jobs" if own >= MAX_WAITING_PER_REQUESTER else f"your district has {together} jobs"
            raise TooManyJobs(f"{whose} that have not ended; wait for yours (GET /v1/jobs), or cancel one, then ask again")
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
