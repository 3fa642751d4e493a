-- How people sign in: local accounts, one-time codes, browser sessions, and the identity providers of a district.

create table account (
  district_id uuid not null,
  person_id uuid not null,
  username text,
  username_folded text,
  password_hash text,
  break_glass boolean not null,
  second_factor_waived boolean default false not null,
  deactivated_at timestamptz,
  totp_sealed bytea,
  totp_confirmed_at timestamptz,
  totp_last_step bigint,
  constraint fk_account_district_id_person_id foreign key (district_id, person_id) references person (district_id, id),
  constraint pk_account primary key (district_id, person_id),
  constraint uq_account_district_id_username_folded unique (district_id, username_folded)
);

create table account_code (
  district_id uuid not null,
  code_sha256 bytea not null,
  person_id uuid not null,
  purpose text not null,
  expires_at timestamptz not null,
  constraint ck_account_code_purpose check (purpose in ('enrol', 'reset')),
  constraint fk_account_code_district_id_person_id foreign key (district_id, person_id)
    references person (district_id, id),
  constraint pk_account_code primary key (district_id, code_sha256)
);

create index ix_account_code_person on account_code (district_id, person_id);

create table recovery_code (
  district_id uuid not null,
  person_id uuid not null,
  code_sha256 bytea not null,
  constraint fk_recovery_code_district_id_person_id foreign key (district_id, person_id)
    references person (district_id, id),
  constraint pk_recovery_code primary key (district_id, person_id, code_sha256)
);

create table browser_session (
  district_id uuid not null,
  token_sha256 bytea not null,
  person_id uuid not null,
  stage text not null,
  methods text[] not null,
  signed_in_at timestamptz not null,
  seen_at timestamptz not null,
  constraint ck_browser_session_stage check (stage in ('first_factor', 'signed_in')),
  constraint fk_browser_session_district_id_person_id foreign key (district_id, person_id)
    references person (district_id, id),
  constraint pk_browser_session primary key (district_id, token_sha256)
);

create index ix_browser_session_person on browser_session (district_id, person_id);

create table sign_in_tries (
  district_id uuid not null,
  subject bytea not null,
  failures integer not null,
  last_at timestamptz not null,
  next_at timestamptz not null,
  constraint pk_sign_in_tries primary key (district_id, subject)
);

create table identity_provider (
  district_id uuid not null,
  code text not null,
  kind text not null,
  name text not null,
  issuer text not null,
  client_id text not null,
  secret_sealed bytea not null,
  tenants text[] not null,
  claim text not null,
  roster_field text not null,
  exclusive boolean not null,
  active boolean not null,
  version integer not null,
  constraint ck_identity_provider_kind check (kind in ('google', 'entra', 'clever', 'classlink', 'oidc')),
  constraint pk_identity_provider primary key (district_id, code)
);

create table identity_link (
  district_id uuid not null,
  issuer text not null,
  subject text not null,
  person_id uuid not null,
  linked_at timestamptz not null,
  id uuid default gen_random_uuid() not null,
  sids bytea[],
  ended_at timestamptz,
  constraint fk_identity_link_district_id_person_id foreign key (district_id, person_id)
    references person (district_id, id),
  constraint pk_identity_link primary key (district_id, issuer, subject),
  constraint uq_identity_link_district_id_id unique (district_id, id)
);

create index ix_identity_link_person on identity_link (district_id, person_id);

create table logout_token (
  district_id uuid not null,
  jti_sha256 bytea not null,
  expires_at timestamptz not null,
  constraint pk_logout_token primary key (district_id, jti_sha256)
);
