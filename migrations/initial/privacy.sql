-- Legal holds, how long things are kept, and what was erased.

create table legal_hold (
  district_id uuid not null,
  id uuid not null,
  about text not null,
  person_id uuid,
  reason text not null,
  set_by text not null,
  set_at timestamptz not null,
  until timestamptz,
  released_by text,
  released_at timestamptz,
  constraint ck_legal_hold_about check (about in ('person', 'district')),
  constraint ck_legal_hold_person check ((about = 'person') = (person_id is not null)),
  constraint ck_legal_hold_reason check (reason in ('litigation', 'investigation', 'records_request', 'external_audit')),
  constraint fk_legal_hold_district_id_person_id foreign key (district_id, person_id) references person (district_id, id),
  constraint pk_legal_hold primary key (district_id, id)
);

create index ix_legal_hold_person on legal_hold (district_id, person_id);

create table retention_policy (
  district_id uuid not null,
  version integer not null,
  own jsonb not null,
  changed_at timestamptz not null,
  applied_on date,
  constraint pk_retention_policy primary key (district_id)
);

create table erasure_certificate (
  district_id uuid not null,
  id uuid not null,
  created_at timestamptz not null,
  document jsonb not null,
  signature text not null,
  constraint pk_erasure_certificate primary key (district_id, id)
);

create table erasure (
  district_id uuid not null,
  digest bytea not null,
  certificate_id uuid not null,
  erased_at timestamptz not null,
  constraint fk_erasure_district_id_certificate_id foreign key (district_id, certificate_id)
    references erasure_certificate (district_id, id),
  constraint pk_erasure primary key (district_id, digest)
);

create table control.district_erasure (
  district_id uuid not null,
  erased_at timestamptz not null,
  document jsonb not null,
  signature text not null,
  returned_at timestamptz,
  constraint pk_district_erasure primary key (district_id, erased_at)
);
