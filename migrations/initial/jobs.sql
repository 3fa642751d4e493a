-- Jobs behind the fence, and the workers that were seen. The queue's own tables are pgqueuer's: ``queue/entries.py``.

create table job (
  district_id uuid not null,
  id uuid not null,
  kind text not null,
  state text not null,
  progress double precision not null,
  attempts integer not null,
  requester_kind text not null,
  requester_id text not null,
  client_id text not null,
  session_id uuid,
  scopes text[] not null,
  payload jsonb not null,
  said bytea,
  entry bigint not null,
  result_url text,
  problems_url text,
  problem jsonb,
  created_at timestamptz not null,
  started_at timestamptz,
  finished_at timestamptz,
  constraint ck_job_progress check (progress between 0 and 1),
  constraint ck_job_requester_kind check (requester_kind in ('client', 'person', 'operator')),
  constraint ck_job_state check (state in ('queued', 'running', 'succeeded', 'failed', 'cancelled')),
  constraint pk_job primary key (district_id, id)
);

create index ix_job_requester on job (district_id, requester_kind, requester_id, id);

create index ix_job_finished_at on job (district_id, finished_at);

create table job_input (
  district_id uuid not null,
  job_id uuid not null,
  content bytea not null,
  created_at timestamptz not null,
  constraint ck_job_input_content check (octet_length(content) <= 33554432),
  constraint fk_job_input_district_id foreign key (district_id, job_id) references job (district_id, id) on delete cascade,
  constraint pk_job_input primary key (district_id, job_id)
);

-- It is a ZIP: packing it again would only cost time.
alter table job_input alter column content set storage external;

create table job_problem (
  district_id uuid not null,
  job_id uuid not null,
  position integer not null,
  pointer text not null,
  code text not null,
  severity text not null,
  detail text not null,
  constraint ck_job_problem_position check (position >= 1),
  constraint fk_job_problem_district_id foreign key (district_id, job_id)
    references job (district_id, id) on delete cascade,
  constraint pk_job_problem primary key (district_id, job_id, position)
);
