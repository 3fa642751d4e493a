-- What people were told of, and how they want to be told.

create table notification (
  district_id uuid not null,
  id uuid not null,
  person_id uuid not null,
  kind text not null,
  object_kind text not null,
  object_id text not null,
  listed boolean not null,
  created_at timestamptz not null,
  read_at timestamptz,
  constraint fk_notification_district_id_person_id foreign key (district_id, person_id)
    references person (district_id, id),
  constraint pk_notification primary key (district_id, id),
  constraint uq_notification_once unique (district_id, person_id, kind, object_kind, object_id)
);

create index ix_notification_person on notification (district_id, person_id, id);

create table notification_preference (
  district_id uuid not null,
  person_id uuid not null,
  kind text not null,
  inbox boolean not null,
  mail boolean not null,
  constraint fk_notification_preference_district_id_person_id foreign key (district_id, person_id)
    references person (district_id, id),
  constraint pk_notification_preference primary key (district_id, person_id, kind)
);
