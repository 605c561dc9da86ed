-- Read models: tables that are folded from the log and can be thrown away and rebuilt. The application makes and drops
-- them itself, so the schema is its own; what operators did is the one thing here that it may only add to.

create schema dispatch_read authorization dispatch_app;

-- A generation is one table of one projection: the live one stands under the view that queries read, one may be
-- building beside it, and those that were replaced are kept until they are dropped.
create table dispatch_read.projections (
  table_name text collate "C" primary key,
  name text collate "C" not null,
  version integer not null check (version > 0),
  state text not null check (state in ('building', 'live', 'kept')),
  -- The checkpoint: position of the last event that is folded in, as the log writes positions; or 'start'.
  position text collate "C" not null default 'start',
  -- Why the projection stopped itself; null while it runs.
  stopped text,
  -- An operator went back to this one: it is not rebuilt by itself, whatever version the code has.
  pinned boolean not null default false,
  -- Time of the last event that is folded in.
  last_event_at timestamptz,
  updated_at timestamptz not null default clock_timestamp()
) with (fillfactor = 10);

create unique index one_live on dispatch_read.projections (name) where state = 'live';

create sequence dispatch_read.generation;

-- Keys whose event could not be folded. Later events of the key wait behind it, in the log.
create table dispatch_read.parked (
  table_name text collate "C" not null references dispatch_read.projections on delete cascade,
  key text collate "C" not null,
  -- Of the event that could not be folded.
  position text collate "C" not null,
  revision integer not null,
  -- Name and message, bounded; nothing of the event's data.
  error text not null check (length(error) <= 500),
  attempts integer not null default 1,
  first_seen timestamptz not null default clock_timestamp(),
  next_retry_at timestamptz not null,
  -- An operator said that the event at `revision` is to be passed over.
  skip boolean not null default false,
  primary key (table_name, key)
);

-- What operators did. A skip holds for every table of that version, so that a rebuild gives the same rows.
create table dispatch_read.acts (
  id bigint generated always as identity primary key,
  at timestamptz not null default clock_timestamp(),
  by text not null,
  act text not null check (act in ('retry', 'skip', 'resume', 'rebuild', 'accept-difference', 'rollback', 'drop-old')),
  name text collate "C" not null,
  version integer,
  key text collate "C",
  revision integer,
  detail text
);

alter table dispatch_read.projections owner to dispatch_app;
alter table dispatch_read.parked owner to dispatch_app;
alter sequence dispatch_read.generation owner to dispatch_app;
grant select, insert on dispatch_read.acts to dispatch_app;
