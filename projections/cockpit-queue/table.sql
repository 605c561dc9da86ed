create table :table (
  key text primary key,
  stale boolean not null default false,
  ticket_id text collate "C" not null,
  account_id text not null,
  site_id text collate "C" not null,
  state text not null,
  priority text not null,
  incident_type text,
  summary text not null,
  assigned_tech_id text,
  scheduled_start timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  last_transition_at timestamptz not null,
  sla_clock text not null,
  held_ms bigint not null,
  sla_from timestamptz not null,
  sla_at timestamptz
);
create unique index on :table (ticket_id);
create index on :table (priority, sla_from) where sla_clock = 'running';
create index on :table (sla_clock, state) where sla_clock <> 'running';
create index on :table (site_id);
create index on :table (account_id);
create index on :table (assigned_tech_id) where assigned_tech_id is not null;
