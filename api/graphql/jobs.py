"""Jobs, and what can be asked for as one."""

import strawberry

from api.graphql.fields import changes, lists, reads
from api.graphql.nodes import found_by
from domain.jobs import starting, usecases

Job = found_by(usecases.read_job, {"job_id": "id"})


@strawberry.type
class JobsQuery:
    job = reads(usecases.read_job)
    jobs = lists(usecases.list_jobs)
    job_problems = lists(usecases.list_job_problems)


@strawberry.type
class JobsMutation:
    start_crosswalk = changes(starting.start_crosswalk)
    start_roster_import = changes(starting.start_roster_import)
    start_configuration = changes(starting.start_configuration)
    cancel_job = changes(usecases.cancel_job)
