"""Jobs on PostgreSQL: those of the caller, and those that a worker runs."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from domain.jobs.model import MAX_PROBLEMS, JobState, Requester, RunningJob
from domain.jobs.views import JobFindingView, JobProblemView, JobView
from domain.shared.context import Actor, ActorKind
from domain.shared.errors import Code, FaultView, ReportedError
from domain.shared.ids import JobId, PersonId, SessionId
from domain.shared.paging import Key
from domain.shared.roles import PersonContext
from persistence.database.connection import Connection, Record
from persistence.queue.entries import cancel_entry, enqueue
from persistence.repositories.person_roles import load_person_context, methods_of
from persistence.repositories.repository import Repository

ADD = """
insert into job (district_id, id, kind, state, progress, attempts, requester_kind, requester_id, client_id, session_id, scopes,
  payload, said, entry, created_at)
values ($1, $2, $3, 'queued', 0, 0, $4, $5, $6, $7, $8, $9::jsonb, $10, $11, $12)
"""

STAGE = "insert into job_input (district_id, job_id, content, created_at) values ($1, $2, $3, $4)"

SHOWN = "id, kind, state, progress, created_at, started_at, finished_at, result_url, problems_url, problem::text as problem"

OWN = "district_id = $1 and requester_kind = $2 and requester_id = $3"

ALONE = "select pg_advisory_xact_lock(hashtextextended('jobs of ' || $1::uuid, 0))"

WAITING = """
select count(*) filter (where requester_kind = $2 and requester_id = $3) as own, count(*) as together
from job where district_id = $1 and finished_at is null
"""

FIND = f"select {SHOWN} from job where {OWN} and id = $4"

PAGE = f"""
select {SHOWN} from job where {OWN} and id < $4::uuid and ($5::text is null or state = $5) order by id desc limit $6
"""

# Every statement that ends a job also deletes its input.
CANCEL = f"""
with ended as (
  update job set state = 'cancelled', finished_at = $5, said = null
  where {OWN} and id = $4 and state in ('queued', 'running') returning id, entry
), gone as (delete from job_input i using ended e where i.district_id = $1 and i.job_id = e.id)
select entry from ended
"""

PROBLEMS = f"""
select p.position, p.pointer, p.code, p.severity, p.detail from job_problem p
where p.district_id = $1 and p.job_id = $4 and p.position > $5
  and exists (select from job where {OWN} and id = $4)
order by p.position limit $6
"""

BEGIN = """
update job set state = 'running', attempts = attempts + 1, started_at = coalesce(started_at, $3)
where district_id = $1 and id = $2 and state in ('queued', 'running')
returning kind, attempts, requester_kind, requester_id, client_id, session_id, scopes, payload::text as payload, said
"""

MINE = "district_id = $1 and id = $2 and state = 'running' and attempts = $3"

END = f"""
with ended as (
  update job set state = $4, finished_at = $5, result_url = $6, problem = $7::jsonb, problems_url = $8, said = null,
    progress = case when $4 = 'succeeded' then 1 else progress end
  where {MINE} returning id
), gone as (delete from job_input i using ended e where i.district_id = $1 and i.job_id = e.id)
select id from ended
"""

LIST = """
insert into job_problem (district_id, job_id, position, pointer, code, severity, detail)
select $1, $2, u.position, u.pointer, u.code, u.severity, u.detail
from unnest($3::text[], $4::text[], $5::text[], $6::text[]) with ordinality u(pointer, code, severity, detail, position)
"""

STAGED = "select content from job_input where district_id = $1 and job_id = $2"

SIGNED_OUT = """
select not exists (select from session where district_id = $1 and person_id = $2 and id = $3 and revoked_at is null)
"""

TELL = f"update job set progress = $4 where {MINE} and progress < $4"

HAND_BACK = f"update job set state = 'queued', attempts = attempts - $4 where {MINE}"

FORGET = "delete from job where district_id = $1 and finished_at < $2"

FORGET_INPUTS = """
delete from job_input i where i.district_id = $1 and (i.created_at < $2 or exists (
  select from job j where j.district_id = $1 and j.id = i.job_id and j.finished_at is not null))
"""

LAST = UUID("ffffffff-ffff-ffff-ffff-ffffffffffff")


class PgJobs(Repository):
    """`JobStore`: the jobs of one actor in one district."""

    def __init__(self, connection: Connection, actor: Actor) -> None:
        super().__init__(connection, actor.district_id)
        self._actor = actor
        self._own = (actor.kind.value, actor.id)

    async def enqueue(
        self,
        kind: str,
        payload: Mapping[str, object],
        *,
        job_id: JobId,
        at: datetime,
        command: object = None,
        staged: bytes | None = None,
    ) -> None:
        entry = await enqueue(self.connection, kind, self.district_id, job_id)
        requester = Requester.of(self._actor)
        await self.execute(
            ADD,
            job_id,
            kind,
            requester.kind.value,
            requester.id,
            requester.client_id,
            requester.session_id,
            requester.scopes,
            msgspec.json.encode(payload).decode(),
            None if command is None else msgspec.json.encode(command),
            entry,
            at,
        )
        if staged is not None:
            await self.execute(STAGE, job_id, staged, at)

    async def waiting(self) -> tuple[int, int]:
        await self.execute(ALONE)
        row = await self.fetchrow(WAITING, *self._own)
        return (0, 0) if row is None else (row["own"], row["together"])

    async def find(self, job_id: JobId) -> JobView | None:
        row = await self.fetchrow(FIND, *self._own, job_id)
        return None if row is None else _view(row)

    async def page(self, state: JobState | None, limit: int, after: Key | None) -> Sequence[JobView]:
        before = LAST if after is None else UUID(after[0])
        rows = await self.fetch(PAGE, *self._own, before, None if state is None else state.value, limit)
        return [_view(row) for row in rows]

    async def problems(self, job_id: JobId, limit: int, after: Key | None) -> Sequence[JobFindingView]:
        last = 0 if after is None else int(after[0])
        return [JobFindingView(**row) for row in await self.fetch(PROBLEMS, *self._own, job_id, last, limit)]

    async def cancel(self, job_id: JobId, at: datetime) -> bool:
        entry = await self.fetchval(CANCEL, *self._own, job_id, at)
        if entry is not None:
            await cancel_entry(self.connection, entry)
        return entry is not None


class PgRunningJobs(Repository):
    """The jobs of one district, for a worker."""

    async def begin(self, job_id: JobId, at: datetime) -> RunningJob | None:
        """Start the next attempt of a job, also after another worker's; None when it has ended or does not exist."""
        row = await self.fetchrow(BEGIN, job_id, at)
        return None if row is None else _running_job(job_id, row)

    async def end(
        self,
        job: RunningJob,
        state: JobState,
        at: datetime,
        *,
        result_url: str | None = None,
        problem: object = None,
        all_errors: Sequence[ReportedError] = (),
    ) -> bool:
        """End the job; False when it was cancelled or another worker took it over: then the caller must not save anything.

        `all_errors` is the full list of errors; the first 1,000 are stored as long as the job.
        """
        problem_json = None if problem is None else msgspec.json.encode(problem).decode()
        url = f"/v1/jobs/{job.id}/problems" if all_errors else None
        own = (self.district_id, job.id)
        if await self.connection.fetchval(END, *own, job.attempt, state.value, at, result_url, problem_json, url) is None:
            return False
        if all_errors:
            lines = [(line.pointer, str(line.code), str(line.severity), line.detail) for line in all_errors[:MAX_PROBLEMS]]
            await self.connection.execute(LIST, *own, *(list(column) for column in zip(*lines, strict=True)))
        return True

    async def staged_content(self, job: RunningJob) -> bytes | None:
        """Return the job's input; None when it has expired."""
        content: bytes | None = await self.fetchval(STAGED, job.id)
        return content

    async def report_progress(self, job: RunningJob, progress: float) -> None:
        """Save the progress; it never decreases."""
        await self.execute(TELL, job.id, job.attempt, min(1.0, max(0.0, progress)))

    async def return_to_queue(self, job: RunningJob, *, without_attempt: bool) -> None:
        """Let another worker start it; `without_attempt`: do not count this attempt, as the job did not cause its end."""
        await self.execute(HAND_BACK, job.id, job.attempt, int(without_attempt))

    async def person_context(self, person_id: PersonId, session_id: SessionId | None) -> PersonContext | None:
        """Return the requester's current context; None when the person is not in the district or has no access."""
        methods = await methods_of(self.connection, self.district_id, person_id, session_id)
        return await load_person_context(self.connection, self.district_id, person_id, methods=methods)

    async def session_revoked(self, person_id: PersonId, session_id: SessionId) -> bool:
        """Whether the person's session was revoked or deleted; one that merely expired was not."""
        return bool(await self.fetchval(SIGNED_OUT, person_id, session_id))

    async def forget_ended(self, before: datetime) -> None:
        await self.execute(FORGET, before)

    async def forget_inputs(self, before: datetime) -> None:
        await self.execute(FORGET_INPUTS, before)


def _running_job(job_id: JobId, row: Record) -> RunningJob:
    requester = Requester(
        kind=ActorKind(row["requester_kind"]),
        id=row["requester_id"],
        client_id=row["client_id"],
        session_id=row["session_id"],
        scopes=tuple(row["scopes"]),
    )
    return RunningJob(
        id=job_id,
        kind=row["kind"],
        attempt=row["attempts"],
        requester=requester,
        payload=msgspec.json.decode(row["payload"]),
        command=row["said"],
    )


def _view(row: Record) -> JobView:
    members = {**row}
    document = members.pop("problem")
    return JobView(
        **(members | {"state": JobState(members["state"])}), problem=None if document is None else _problem(document)
    )


def _problem(document: str) -> JobProblemView:
    data: dict[str, Any] = msgspec.json.decode(document)
    fields = {name: data[name] for name in JobProblemView.__dataclass_fields__ if name != "errors"}
    errors = (FaultView(pointer=f["pointer"], code=Code(f["code"]), detail=f["detail"]) for f in data["errors"])
    return JobProblemView(**fields, errors=tuple(errors))
