-- Evidence as it was pushed. Rows are never changed but for the mark that a newer version or a retraction superseded them.

create table push_head (
  district_id uuid not null,
  origin text not null,
  thing text not null,
  external_id text not null,
  id uuid not null,
  version bigint not null,
  digest bytea,
  constraint ck_push_head_thing check (thing in ('observation', 'self_assessment', 'supervisor_assessment', 'initiative',
    'group')),
  constraint pk_push_head primary key (district_id, origin, thing, external_id)
);

create table instrument (
  district_id uuid not null,
  id uuid not null,
  code text not null,
  version text not null,
  title text,
  elements jsonb not null,
  created_at timestamptz not null,
  origin text,
  constraint pk_instrument primary key (district_id, id),
  constraint uq_instrument_district_id_code_version unique (district_id, code, version)
);

create table crosswalk (
  district_id uuid not null,
  id uuid not null,
  code text not null,
  version text not null,
  instrument_id uuid not null,
  ordinal integer not null,
  mappings jsonb not null,
  created_at timestamptz not null,
  constraint fk_crosswalk_district_id_instrument_id foreign key (district_id, instrument_id)
    references instrument (district_id, id),
  constraint pk_crosswalk primary key (district_id, id),
  constraint uq_crosswalk_district_id_code_version unique (district_id, code, version),
  constraint uq_crosswalk_district_id_instrument_id_ordinal unique (district_id, instrument_id, ordinal)
);

create table observation (
  district_id uuid not null,
  id uuid not null,
  version bigint not null,
  origin text not null,
  client_id text not null,
  external_id text,
  purpose text not null,
  leader_id uuid not null,
  observer_id uuid,
  observer_name text,
  school_id uuid not null,
  observed_at timestamptz not null,
  setting text not null,
  announced boolean,
  duration_minutes smallint,
  instrument_id uuid,
  received_at timestamptz not null,
  superseded_at timestamptz,
  constraint ck_observation_setting check (setting in ('classroom', 'meeting', 'common_area', 'online', 'other')),
  constraint fk_observation_district_id_instrument_id foreign key (district_id, instrument_id)
    references instrument (district_id, id),
  constraint fk_observation_district_id_leader_id foreign key (district_id, leader_id) references person (district_id, id),
  constraint fk_observation_district_id_observer_id foreign key (district_id, observer_id)
    references person (district_id, id),
  constraint fk_observation_district_id_school_id foreign key (district_id, school_id) references org (district_id, id),
  constraint pk_observation primary key (district_id, id, version)
);

create index ix_observation_leader on observation (district_id, leader_id, observed_at);

create index ix_observation_listed on observation (district_id, observed_at desc, id desc) where superseded_at is null;

create table rating (
  district_id uuid not null,
  observation_id uuid not null,
  version bigint not null,
  position smallint not null,
  responsibility text,
  element text,
  value double precision,
  level text,
  constraint ck_rating_responsibility check (responsibility in ('acknowledgement', 'adaptability', 'advocacy',
    'celebrates', 'change_agent', 'communication', 'community', 'focus', 'ideals_beliefs', 'input', 'inspires',
    'intellectual_stimulation', 'involvement_in_teaching_and_learning', 'knowledge_of_teaching_and_learning',
    'monitors_evaluates', 'protects', 'relationships', 'resources', 'situational_awareness', 'structures_and_routines',
    'visibility')),
  constraint fk_rating_district_id_observation_id_version foreign key (district_id, observation_id, version)
    references observation (district_id, id, version),
  constraint pk_rating primary key (district_id, observation_id, version, position)
);

create table feedback (
  district_id uuid not null,
  observation_id uuid not null,
  version bigint not null,
  position smallint not null,
  type text not null,
  text text not null,
  constraint ck_feedback_type check (type in ('reinforcement', 'refinement', 'question', 'next_step', 'note')),
  constraint fk_feedback_district_id_observation_id_version foreign key (district_id, observation_id, version)
    references observation (district_id, id, version),
  constraint pk_feedback primary key (district_id, observation_id, version, position)
);
