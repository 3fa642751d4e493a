-- How people let apps in: what they were asked, what they allowed, and one family of tokens for each device.

create table session (
  district_id uuid not null,
  id uuid not null,
  person_id uuid not null,
  client_id text not null,
  client_name text not null,
  device text not null,
  scopes text[] not null,
  auth_time timestamptz not null,
  methods text[] not null,
  created_at timestamptz not null,
  used_at timestamptz not null,
  idle_until timestamptz not null,
  absolute_until timestamptz not null,
  revoked_at timestamptz,
  constraint fk_session_district_id_person_id foreign key (district_id, person_id)
    references person (district_id, id) on delete cascade,
  constraint pk_session primary key (district_id, id)
);

create index ix_session_person on session (district_id, person_id, id);

create table refresh_token (
  district_id uuid not null,
  sha256 bytea not null,
  session_id uuid not null,
  issued_at timestamptz not null,
  replaced_at timestamptz,
  constraint fk_refresh_token_district_id_session_id foreign key (district_id, session_id)
    references session (district_id, id) on delete cascade,
  constraint pk_refresh_token primary key (district_id, sha256)
);

create index ix_refresh_token_session on refresh_token (district_id, session_id);

create table authorization_request (
  district_id uuid not null,
  sha256 bytea not null,
  browser_sha256 bytea not null,
  person_id uuid not null,
  client_id text not null,
  parameters jsonb not null,
  expires_at timestamptz not null,
  constraint fk_authorization_request_district_id_person_id foreign key (district_id, person_id)
    references person (district_id, id) on delete cascade,
  constraint pk_authorization_request primary key (district_id, sha256)
);

create index ix_authorization_request_expires_at on authorization_request (district_id, expires_at);

create table authorization_code (
  district_id uuid not null,
  sha256 bytea not null,
  person_id uuid not null,
  client_id text not null,
  redirect_uri text not null,
  scopes text[] not null,
  challenge text not null,
  device text not null,
  nonce text,
  auth_time timestamptz not null,
  methods text[] not null,
  expires_at timestamptz not null,
  used_at timestamptz,
  session_id uuid,
  constraint fk_authorization_code_district_id_person_id foreign key (district_id, person_id)
    references person (district_id, id) on delete cascade,
  constraint fk_authorization_code_district_id_session_id foreign key (district_id, session_id)
    references session (district_id, id) on delete cascade,
  constraint pk_authorization_code primary key (district_id, sha256)
);

create index ix_authorization_code_expires_at on authorization_code (district_id, expires_at);

create index ix_authorization_code_session on authorization_code (district_id, session_id);

create table consent (
  district_id uuid not null,
  person_id uuid not null,
  client_id text not null,
  scopes text[] not null,
  granted_at timestamptz not null,
  client_sha256 bytea,
  constraint fk_consent_district_id_person_id foreign key (district_id, person_id)
    references person (district_id, id) on delete cascade,
  constraint pk_consent primary key (district_id, person_id, client_id)
);

create table initial_access_token (
  district_id uuid not null,
  id uuid not null,
  sha256 bytea not null,
  name text not null,
  scopes text[] not null,
  created_by text not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  revoked_at timestamptz,
  constraint pk_initial_access_token primary key (district_id, id),
  constraint uq_initial_access_token_district_id_sha256 unique (district_id, sha256)
);
