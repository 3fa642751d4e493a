"""Jobs, and the operations that can run as one."""

import strawberry

from api.graphql.fields import connection_field, mutation_field, query_field
from api.graphql.nodes import node_type
from domain.jobs.usecases import manage, start

Job = node_type(manage.read_job, {"job_id": "id"})


@strawberry.type
class JobsQuery:
    job = query_field(manage.read_job)
    jobs = connection_field(manage.list_jobs)
    job_problems = connection_field(manage.list_job_problems)


@strawberry.type
class JobsMutation:
    start_crosswalk = mutation_field(start.start_crosswalk)
    start_roster_import = mutation_field(start.start_roster_import)
    start_configuration = mutation_field(start.start_configuration)
    cancel_job = mutation_field(manage.cancel_job)
