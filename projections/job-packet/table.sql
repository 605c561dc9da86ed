create table :table (
  key text primary key,
  stale boolean not null default false,
  id text not null,
  site_id text collate "C" not null,
  checklist_source text not null,
  ticket jsonb not null
);
create unique index on :table (id);
