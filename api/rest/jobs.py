"""Jobs: work that goes on after the answer."""

from api.rest.example_ids import JOB, NOBODY
from api.rest.operations import Example, Operation, router_of
from domain.jobs.usecases import manage

router = router_of(
    "/v1",
    "jobs",
    (
        Operation(
            method="GET",
            path="/jobs",
            use_case=manage.list_jobs,
            summary="One's own jobs",
            examples=(
                Example(summary="All."),
                Example(summary="Those that wait.", query={"state": "queued"}),
                Example(summary="No such state.", query={"state": "asleep"}, status=422),
            ),
        ),
        Operation(
            method="GET",
            path="/jobs/{job_id}",
            use_case=manage.read_job,
            summary="How far a job is",
            examples=(
                Example(summary="Known.", path={"job_id": JOB}),
                Example(summary="Unknown, or somebody else's.", path={"job_id": NOBODY}, status=404),
            ),
        ),
        Operation(
            method="GET",
            path="/jobs/{job_id}/problems",
            use_case=manage.list_job_problems,
            summary="Everything wrong with what a job was asked to do",
            examples=(
                Example(summary="Of one that did not fail: nothing.", path={"job_id": JOB}),
                Example(summary="Unknown, or somebody else's.", path={"job_id": NOBODY}, status=404),
            ),
        ),
        Operation(
            method="POST",
            path="/jobs/{job_id}:cancel",
            use_case=manage.cancel_job,
            summary="Let a job go no further",
            changes=True,
            examples=(
                Example(summary="Cancelled; twice is once.", path={"job_id": JOB}, body={}),
                Example(summary="Unknown, or somebody else's.", path={"job_id": NOBODY}, body={}, status=404),
            ),
        ),
    ),
)
