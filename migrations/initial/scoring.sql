-- Assessments, the sufficient statistics of scores, and the configuration they were made with.

create table assessment (
  district_id uuid not null,
  id uuid not null,
  version bigint not null,
  source text not null,
  origin text not null,
  client_id text not null,
  external_id text,
  purpose text not null,
  leader_id uuid not null,
  assessor_id uuid not null,
  assessed_at timestamptz not null,
  worst double precision not null,
  best double precision not null,
  received_at timestamptz not null,
  superseded_at timestamptz,
  constraint ck_assessment_source check (source in ('self', 'supervisor')),
  constraint fk_assessment_district_id_leader_id foreign key (district_id, leader_id) references person (district_id, id),
  constraint pk_assessment primary key (district_id, id, version)
);

create index ix_assessment_leader on assessment (district_id, leader_id, source, assessor_id);

create table assessment_rating (
  district_id uuid not null,
  assessment_id uuid not null,
  version bigint not null,
  responsibility text not null,
  value double precision not null,
  constraint ck_assessment_rating_responsibility check (responsibility in ('acknowledgement', 'adaptability', 'advocacy',
    'celebrates', 'change_agent', 'communication', 'community', 'focus', 'ideals_beliefs', 'input', 'inspires',
    'intellectual_stimulation', 'involvement_in_teaching_and_learning', 'knowledge_of_teaching_and_learning',
    'monitors_evaluates', 'protects', 'relationships', 'resources', 'situational_awareness', 'structures_and_routines',
    'visibility')),
  constraint fk_assessment_rating_district_id_assessment_id_version foreign key (district_id, assessment_id, version)
    references assessment (district_id, id, version),
  constraint pk_assessment_rating primary key (district_id, assessment_id, version, responsibility)
);

create table scoring_basis (
  district_id uuid not null,
  basis integer not null,
  configuration_version integer not null,
  half_life_days double precision not null,
  landmark timestamptz not null,
  constraint pk_scoring_basis primary key (district_id)
);

create table tally (
  district_id uuid not null,
  leader_id uuid not null,
  basis integer not null,
  responsibility text not null,
  source text not null,
  fw numeric not null,
  fwx numeric not null,
  n integer not null,
  sum_x numeric not null,
  sum_xx numeric not null,
  newest_at timestamptz not null,
  occasion uuid,
  form_c double precision not null,
  constants integer not null,
  fw_f double precision generated always as ((fw)::double precision) stored not null,
  fwx_f double precision generated always as ((fwx)::double precision) stored not null,
  sum_x_f double precision generated always as ((sum_x)::double precision) stored not null,
  sum_xx_f double precision generated always as ((sum_xx)::double precision) stored not null,
  constraint ck_tally_responsibility check (responsibility in ('acknowledgement', 'adaptability', 'advocacy',
    'celebrates', 'change_agent', 'communication', 'community', 'focus', 'ideals_beliefs', 'input', 'inspires',
    'intellectual_stimulation', 'involvement_in_teaching_and_learning', 'knowledge_of_teaching_and_learning',
    'monitors_evaluates', 'protects', 'relationships', 'resources', 'situational_awareness', 'structures_and_routines',
    'visibility')),
  constraint ck_tally_source check (source in ('teacher', 'staff', 'peer', 'supervisor', 'observation', 'self')),
  constraint fk_tally_district_id_leader_id foreign key (district_id, leader_id) references person (district_id, id),
  constraint pk_tally primary key (district_id, leader_id, basis, responsibility, source)
);

create table configuration (
  district_id uuid not null,
  version integer not null,
  document jsonb not null,
  created_at timestamptz not null,
  constraint pk_configuration primary key (district_id, version)
);
