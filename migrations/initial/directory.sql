-- Districts' schools and people, as the roster has them. Staff only.

create table org (
  district_id uuid not null,
  id uuid not null,
  sourced_id text,
  name text not null,
  type text not null,
  identifier text,
  parent_id uuid,
  active boolean not null,
  ended_at timestamptz,
  constraint ck_org_ended check (active = (ended_at is null)),
  constraint fk_org_district_id_parent_id foreign key (district_id, parent_id) references org (district_id, id),
  constraint pk_org primary key (district_id, id),
  constraint uq_org_district_id_sourced_id unique (district_id, sourced_id)
);

create index ix_org_identifier on org (district_id, identifier) where identifier is not null;

create index ix_org_listed on org (district_id, name, id) where type = 'school';

create table academic_session (
  district_id uuid not null,
  id uuid not null,
  sourced_id text not null,
  title text not null,
  starts_on date not null,
  ends_on date not null,
  school_year integer not null,
  active boolean not null,
  ended_at timestamptz,
  constraint ck_academic_session_ended check (active = (ended_at is null)),
  constraint pk_academic_session primary key (district_id, id),
  constraint uq_academic_session_district_id_sourced_id unique (district_id, sourced_id)
);

create table person (
  district_id uuid not null,
  id uuid not null,
  sourced_id text,
  given_name text not null,
  middle_name text,
  family_name text not null,
  preferred_given_name text,
  preferred_middle_name text,
  preferred_family_name text,
  email text,
  email_folded text,
  username text,
  username_folded text,
  identifier text,
  enabled boolean not null,
  active boolean not null,
  ended_at timestamptz,
  constraint ck_person_ended check (active = (ended_at is null)),
  constraint pk_person primary key (district_id, id),
  constraint uq_person_district_id_sourced_id unique (district_id, sourced_id)
);

create index ix_person_email on person (district_id, email_folded) where email_folded is not null;

create index ix_person_identifier on person (district_id, identifier) where identifier is not null;

create index ix_person_listed on person (district_id, family_name, given_name, id);

create index ix_person_username on person (district_id, username_folded) where username_folded is not null;

create table person_user_id (
  district_id uuid not null,
  person_id uuid not null,
  type text not null,
  value text not null,
  constraint fk_person_user_id_district_id_person_id foreign key (district_id, person_id)
    references person (district_id, id),
  constraint pk_person_user_id primary key (district_id, person_id, type, value)
);

create index ix_person_user_id_value on person_user_id (district_id, type, value);

create table assignment (
  district_id uuid not null,
  id uuid not null,
  sourced_id text,
  person_id uuid not null,
  org_id uuid not null,
  role_sent text not null,
  role_type text not null,
  role text,
  begins_on date,
  ends_on date,
  active boolean not null,
  ended_at timestamptz,
  constraint ck_assignment_ended check (active = (ended_at is null)),
  constraint ck_assignment_role check (role in ('district_admin', 'supervisor', 'principal', 'assistant_principal',
    'teacher_leader', 'teacher', 'staff', 'coach', 'researcher')),
  constraint fk_assignment_district_id_org_id foreign key (district_id, org_id) references org (district_id, id),
  constraint fk_assignment_district_id_person_id foreign key (district_id, person_id) references person (district_id, id),
  constraint pk_assignment primary key (district_id, id),
  constraint uq_assignment_district_id_sourced_id_person_id_org_id_role_sent unique (district_id, sourced_id, person_id,
    org_id, role_sent)
);

create index ix_assignment_leader on assignment (district_id, person_id) where role in ('assistant_principal',
  'principal');

create index ix_assignment_person on assignment (district_id, person_id);

create table role_mapping (
  district_id uuid not null,
  version integer not null,
  entries jsonb not null,
  constraint pk_role_mapping primary key (district_id)
);

create table roster_import (
  district_id uuid not null,
  id uuid not null,
  state text not null,
  created_at timestamptz not null,
  view jsonb not null,
  constraint ck_roster_import_state check (state in ('applied', 'dry_run')),
  constraint pk_roster_import primary key (district_id, id)
);
