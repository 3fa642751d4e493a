-- The trail of what was done, and the blocks it is sealed in.

create table audit_event (
  district_id uuid not null,
  position bigint default (pg_current_xact_id()::text::bigint) not null,
  id uuid not null,
  at timestamptz not null,
  actor_kind text not null,
  actor_id text not null,
  client_id text,
  session_id uuid,
  supporter_id uuid,
  action text not null,
  object_kind text,
  object_id uuid,
  further_ids uuid[] not null,
  count integer not null,
  before bytea,
  after bytea,
  outcome text not null,
  code text,
  request_id text not null,
  constraint ck_audit_event_actor_kind check (actor_kind in ('client', 'person', 'operator')),
  constraint ck_audit_event_outcome check (outcome in ('done', 'replayed', 'refused')),
  constraint pk_audit_event primary key (district_id, position, id)
);

create index ix_audit_event_object on audit_event (district_id, object_id, position) where object_id is not null;

create index ix_audit_event_actor on audit_event (district_id, actor_id, position);

create table audit_block (
  district_id uuid not null,
  number integer not null,
  from_position bigint not null,
  until_position bigint not null,
  count integer not null,
  first_at timestamptz not null,
  last_at timestamptz not null,
  leaves bytea not null,
  previous bytea not null,
  digest bytea not null,
  key_id text not null,
  signature bytea not null,
  sealed_at timestamptz not null,
  cut_at timestamptz,
  constraint ck_audit_block_leaves check (octet_length(leaves) = 32 * count),
  constraint ck_audit_block_positions check (from_position < until_position),
  constraint pk_audit_block primary key (district_id, number)
);

create index ix_audit_block_sealed_at on audit_block (district_id, sealed_at, number);

create index ix_audit_block_until on audit_block (district_id, until_position);
