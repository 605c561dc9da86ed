create table :table (
  key text primary key,
  stale boolean not null default false,
  ticket_id text not null,
  state text not null,
  priority text not null,
  scheduled_start timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  last_transition_at timestamptz not null,
  sla_clock text not null,
  held_ms bigint not null,
  sla_from timestamptz not null,
  sla_at timestamptz,
  transitions text collate "C" not null,
  state_ms jsonb not null,
  closed_at timestamptz,
  cancelled_at timestamptz
);
create index on :table (state, last_transition_at);
create index on :table (transitions);
create index on :table (created_at);
create index on :table (closed_at) where closed_at is not null;
create index on :table (cancelled_at) where cancelled_at is not null;
create index on :table (priority, sla_from) where sla_clock = 'running';
