"""Jobs, and what can be asked for as one."""

import strawberry

from api.graphql.fields import changes, lists, reads
from api.graphql.nodes import found_by
from domain.jobs.usecases import manage, start

Job = found_by(manage.read_job, {"job_id": "id"})


@strawberry.type
class JobsQuery:
    job = reads(manage.read_job)
    jobs = lists(manage.list_jobs)
    job_problems = lists(manage.list_job_problems)


@strawberry.type
class JobsMutation:
    start_crosswalk = changes(start.start_crosswalk)
    start_roster_import = changes(start.start_roster_import)
    start_configuration = changes(start.start_configuration)
    cancel_job = changes(manage.cancel_job)
