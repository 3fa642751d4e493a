-- Initiatives, the groups that feel them, and the groups' answers.

create table initiative (
  district_id uuid not null,
  id uuid not null,
  version integer not null,
  external_id text,
  leader_id uuid not null,
  title text not null,
  focus_area text,
  practice text,
  school_id uuid,
  starts_on date,
  ends_on date,
  decide_by date,
  stakes text,
  goal_tied_to_student_learning boolean not null,
  about_teaching_and_learning boolean not null,
  created_at timestamptz not null,
  constraint ck_initiative_stakes check (stakes in ('low', 'high')),
  constraint fk_initiative_district_id_leader_id foreign key (district_id, leader_id) references person (district_id, id),
  constraint fk_initiative_district_id_school_id foreign key (district_id, school_id) references org (district_id, id),
  constraint pk_initiative primary key (district_id, id)
);

create index ix_initiative_leader on initiative (district_id, leader_id, id);

create table stakeholder_group (
  district_id uuid not null,
  id uuid not null,
  initiative_id uuid not null,
  version integer not null,
  external_id text,
  name text not null,
  size integer not null,
  role text not null,
  must_change_practice boolean,
  estimate smallint[],
  create_demand double precision not null,
  implement double precision not null,
  manage_transitions double precision not null,
  monitor_evaluate double precision not null,
  stance_answers jsonb,
  created_at timestamptz not null,
  constraint ck_stakeholder_group_role check (role in ('implementing', 'affected', 'supporting')),
  constraint ck_stakeholder_group_size check (size >= 1),
  constraint fk_stakeholder_group_district_id_initiative_id foreign key (district_id, initiative_id)
    references initiative (district_id, id),
  constraint pk_stakeholder_group primary key (district_id, id)
);

create index ix_stakeholder_group_initiative on stakeholder_group (district_id, initiative_id, id);

create table pulse_answer (
  district_id uuid not null,
  id uuid not null,
  group_id uuid not null,
  answered_on date not null,
  answers smallint[] not null,
  constraint fk_pulse_answer_district_id_group_id foreign key (district_id, group_id)
    references stakeholder_group (district_id, id),
  constraint pk_pulse_answer primary key (district_id, id)
);

create index ix_pulse_answer_group on pulse_answer (district_id, group_id, answered_on);

create table idempotency (
  district_id uuid not null,
  actor text not null,
  operation text not null,
  key text not null,
  fingerprint bytea not null,
  answer bytea not null,
  created_at timestamptz not null,
  constraint pk_idempotency primary key (district_id, actor, operation, key)
);

create index ix_idempotency_created_at on idempotency (district_id, created_at);
