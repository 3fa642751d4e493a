-- Schema ``control``: what must be read before the district is known. The app role reaches it through functions only.

create table control.district (
  id uuid not null,
  name text not null,
  time_zone text not null,
  created_at timestamptz not null,
  constraint pk_district primary key (id)
);

create table control.district_address (
  kind text not null,
  value text not null,
  district_id uuid not null,
  constraint ck_district_address_kind check (kind in ('slug', 'mail_domain', 'tenant')),
  constraint fk_district_address_district_id foreign key (district_id) references control.district (id),
  constraint pk_district_address primary key (kind, value)
);

create table control.client (
  client_id text not null,
  name text not null,
  origin text not null,
  secret_sha256 bytea,
  scopes text[] not null,
  created_at timestamptz not null,
  revoked_at timestamptz,
  kind text default 'machine' not null,
  auth_method text default 'client_secret_basic' not null,
  grant_types text[] default '{client_credentials}' not null,
  redirect_uris text[] default '{}' not null,
  jwks jsonb,
  cors_origins text[] default '{}' not null,
  evaluates boolean default 'false' not null,
  registration_sha256 bytea,
  constraint ck_client_auth_method check (auth_method in ('client_secret_basic', 'client_secret_post', 'private_key_jwt',
    'none')),
  constraint ck_client_kind check (kind in ('machine', 'web', 'native', 'browser')),
  constraint pk_client primary key (client_id)
);

create table control.client_district (
  client_id text not null,
  district_id uuid not null,
  constraint fk_client_district_client_id foreign key (client_id) references control.client (client_id),
  constraint fk_client_district_district_id foreign key (district_id) references control.district (id),
  constraint pk_client_district primary key (client_id, district_id)
);

create table control.client_assertion (
  client_id text not null,
  jti_sha256 bytea not null,
  expires_at timestamptz not null,
  constraint fk_client_assertion_client_id foreign key (client_id) references control.client (client_id) on delete cascade,
  constraint pk_client_assertion primary key (client_id, jti_sha256)
);

create table control.signing_key (
  kid text not null,
  sealed bytea not null,
  created_at timestamptz not null,
  retired_at timestamptz,
  constraint pk_signing_key primary key (kid)
);

create unlogged table control.request_count (
  minute bigint not null,
  name text not null,
  n integer not null,
  constraint pk_request_count primary key (minute, name)
);
