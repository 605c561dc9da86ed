create table :table (
  key text primary key,
  stale boolean not null default false,
  kind text not null,
  id text collate "C" not null,
  account_id text,
  site_id text,
  name text not null,
  entity jsonb not null,
  sealed_by text,
  version integer not null,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create unique index on :table (kind, id);
