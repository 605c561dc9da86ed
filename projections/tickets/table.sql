create table :table (
  key text primary key,
  stale boolean not null default false,
  id text collate "C" not null,
  account_id text not null,
  site_id text collate "C" not null,
  state text not null,
  priority text not null,
  incident_type text,
  assigned_tech_id text,
  updated_at timestamptz not null,
  words text not null,
  ticket jsonb not null
);
create index on :table (updated_at desc, id);
create index on :table (site_id, updated_at desc, id);
create index on :table (account_id, updated_at desc, id);
create index on :table (assigned_tech_id, updated_at desc, id) where assigned_tech_id is not null;
