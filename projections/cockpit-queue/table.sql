create table :table (
  -- What order and counts are made of comes first: to get at a column, Postgres walks over those before it.
  left_ms bigint not null,
  held_ms bigint not null,
  updated_at timestamptz not null,
  created_at timestamptz not null,
  last_transition_at timestamptz not null,
  sla_from timestamptz not null,
  stale boolean not null default false,
  state text not null,
  priority text not null,
  sla_clock text not null,
  ticket_id text collate "C" not null,
  key text primary key,
  account_id text not null,
  site_id text collate "C" not null,
  summary text not null,
  incident_type text,
  assigned_tech_id text,
  scheduled_start timestamptz,
  sla_at timestamptz
);
create unique index on :table (ticket_id);
create index on :table (sla_clock, priority, left_ms) include (account_id, incident_type) where state not in ('CLOSED', 'CANCELLED');
create index on :table (state, priority, left_ms) include (account_id, incident_type);
create index on :table (site_id, state);
create index on :table (account_id, state);
create index on :table (assigned_tech_id, state) where assigned_tech_id is not null;
