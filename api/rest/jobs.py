"""Jobs: work that continues after the response."""

from typing import Annotated

from api.rest.example_ids import JOB, UNKNOWN_ID
from api.rest.operations import Example, operation
from api.rest.parameters import from_body, from_query
from api.rest.routing import Router
from api.rest.runner import KeyedRunner, Runner
from domain.jobs.commands import CancelJob, ListJobProblems, ListJobs, ReadJob
from domain.jobs.usecases import manage
from domain.jobs.views import JobFindingView, JobView
from domain.shared.paging import Page

router = Router(prefix="/v1", tags=["jobs"])


@router.get("/jobs")
@operation(
    manage.list_jobs,
    Example(summary="All states."),
    Example(summary="Queued jobs.", query={"state": "queued"}),
    Example(summary="An unknown state.", query={"state": "asleep"}, status=422),
)
async def list_jobs(cmd: Annotated[ListJobs, from_query(ListJobs)], runner: Runner) -> Page[JobView]:
    """List your jobs."""
    return await runner.run(manage.list_jobs, cmd)


@router.get("/jobs/{job_id:uuid}")
@operation(
    manage.read_job,
    Example(summary="An existing one.", path={"job_id": JOB}),
    Example(summary="Unknown, or somebody else's.", path={"job_id": UNKNOWN_ID}, status=404),
)
async def read_job(cmd: Annotated[ReadJob, from_query(ReadJob, "job_id")], runner: Runner) -> JobView:
    """Read the state of a job."""
    return await runner.run(manage.read_job, cmd)


@router.get("/jobs/{job_id:uuid}/problems")
@operation(
    manage.list_job_problems,
    Example(summary="A job without errors: an empty list.", path={"job_id": JOB}),
    Example(summary="Unknown, or somebody else's.", path={"job_id": UNKNOWN_ID}, status=404),
)
async def list_job_problems(
    cmd: Annotated[ListJobProblems, from_query(ListJobProblems, "job_id")], runner: Runner
) -> Page[JobFindingView]:
    """List all errors of a job."""
    return await runner.run(manage.list_job_problems, cmd)


@router.post("/jobs/{job_id:uuid}:cancel")
@operation(
    manage.cancel_job,
    Example(summary="Cancelled; repeating it changes nothing.", path={"job_id": JOB}, body={}),
    Example(summary="Unknown, or somebody else's.", path={"job_id": UNKNOWN_ID}, body={}, status=404),
)
async def cancel_job(cmd: Annotated[CancelJob, from_body(CancelJob, "job_id")], runner: KeyedRunner) -> JobView:
    """Cancel a job."""
    return await runner.run_idempotent(manage.cancel_job, cmd)
