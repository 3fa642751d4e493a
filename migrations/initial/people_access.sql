-- What opens doors to people: roles granted, who supervises whom, who shares with whom; and what one keeps to oneself.

create table role_grant (
  district_id uuid not null,
  person_id uuid not null,
  role text not null,
  granted_at timestamptz not null,
  granted_by text not null,
  constraint ck_role_grant_role check (role in ('district_admin', 'supervisor', 'principal', 'assistant_principal',
    'teacher_leader', 'teacher', 'staff', 'coach', 'researcher')),
  constraint fk_role_grant_district_id_person_id foreign key (district_id, person_id) references person (district_id, id),
  constraint pk_role_grant primary key (district_id, person_id, role)
);

create table supervision (
  district_id uuid not null,
  supervisor_id uuid not null,
  leader_id uuid not null,
  since timestamptz not null,
  constraint ck_supervision_apart check (supervisor_id <> leader_id),
  constraint fk_supervision_district_id_leader_id foreign key (district_id, leader_id) references person (district_id, id),
  constraint fk_supervision_district_id_supervisor_id foreign key (district_id, supervisor_id)
    references person (district_id, id),
  constraint pk_supervision primary key (district_id, supervisor_id, leader_id)
);

create index ix_supervision_leader on supervision (district_id, leader_id);

create table sharing (
  district_id uuid not null,
  leader_id uuid not null,
  coach_id uuid not null,
  shared_at timestamptz not null,
  until date,
  constraint ck_sharing_apart check (leader_id <> coach_id),
  constraint fk_sharing_district_id_coach_id foreign key (district_id, coach_id) references person (district_id, id),
  constraint fk_sharing_district_id_leader_id foreign key (district_id, leader_id) references person (district_id, id),
  constraint pk_sharing primary key (district_id, leader_id, coach_id)
);

create index ix_sharing_coach on sharing (district_id, coach_id);

create table support_consent (
  district_id uuid not null,
  person_id uuid not null,
  supporter_id uuid not null,
  given_at timestamptz not null,
  until timestamptz not null,
  constraint ck_support_consent_apart check (person_id <> supporter_id),
  constraint fk_support_consent_district_id_person_id foreign key (district_id, person_id)
    references person (district_id, id),
  constraint fk_support_consent_district_id_supporter_id foreign key (district_id, supporter_id)
    references person (district_id, id),
  constraint pk_support_consent primary key (district_id, person_id, supporter_id)
);

create table private_note (
  district_id uuid not null,
  id uuid not null,
  author_id uuid not null,
  leader_id uuid,
  text text not null,
  version integer not null,
  created_at timestamptz not null,
  changed_at timestamptz not null,
  constraint fk_private_note_district_id_author_id foreign key (district_id, author_id)
    references person (district_id, id),
  constraint fk_private_note_district_id_leader_id foreign key (district_id, leader_id)
    references person (district_id, id),
  constraint pk_private_note primary key (district_id, id)
);

create index ix_private_note_author on private_note (district_id, author_id, id);

create table person_merge (
  district_id uuid not null,
  merged_id uuid not null,
  kept_id uuid not null,
  sourced_id text,
  merged_at timestamptz not null,
  identifier text,
  constraint fk_person_merge_district_id_kept_id foreign key (district_id, kept_id) references person (district_id, id),
  constraint pk_person_merge primary key (district_id, merged_id)
);

create index ix_person_merge_kept on person_merge (district_id, kept_id);
