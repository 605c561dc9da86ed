-- The log: one table that only grows. Written by dispatch_log.append alone, read by position or by stream.

create schema dispatch_log;

create table dispatch_log.events (
  -- Gapless, in commit order: dispatch_log.append counts it up under the lock on dispatch_log.head.
  position bigint primary key,
  -- "C": names are compared as bytes, whatever the language of the server.
  stream text collate "C" not null,
  revision integer not null check (revision >= 0),
  event_id uuid not null unique,
  type text collate "C" not null,
  schema_version smallint not null check (schema_version > 0),
  -- json, not jsonb: the text stays as it was written, so an auditor can hash what stands here.
  data json not null,
  metadata json not null,
  prev_hash bytea not null,
  hash bytea not null,
  recorded_at timestamptz(3) not null,
  -- Bytes of data and metadata together: readers bound their batches by it without touching the texts.
  octets integer not null,
  unique (stream, revision)
);

-- The newest position, in one row that is also the lock every writer takes. The page is kept nearly empty, so
-- that each update finds room beside the row and the table never grows.
create table dispatch_log.head (
  single boolean primary key default true check (single),
  position bigint not null
) with (fillfactor = 10);

insert into dispatch_log.head (position) values (0);

create function dispatch_log.refuse() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  raise exception 'dispatch_log.% is append-only: % is refused', tg_table_name, tg_op
    using errcode = 'insufficient_privilege';
end $$;

create trigger append_only before update or delete or truncate on dispatch_log.events
  for each statement execute function dispatch_log.refuse();
create trigger one_row before insert or delete or truncate on dispatch_log.head
  for each statement execute function dispatch_log.refuse();

-- The head moves with the events or not at all, whoever moves it.
create function dispatch_log.head_follows_events() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if new.position is distinct from (select max(e.position) from dispatch_log.events e) then
    raise exception 'dispatch_log.head is moved by dispatch_log.append only'
      using errcode = 'insufficient_privilege';
  end if;
  return null;
end $$;

create trigger follows_events after update on dispatch_log.head
  for each row execute function dispatch_log.head_follows_events();

-- Always: also in a session that has set session_replication_role to replica.
alter table dispatch_log.events enable always trigger append_only;
alter table dispatch_log.head enable always trigger one_row;
alter table dispatch_log.head enable always trigger follows_events;

-- Appends many events, each judged on its own: a duplicate or a conflict leaves the others alone. The arrays are
-- parallel, and the answer has one row an item, in their order. No two items may share a stream or an event id.
--   expected  -2 any, -1 no such stream yet, n the stream's tail
--   contents  SHA-256 of each event's canonical form
--   outcome   'written'; 'conflict' (revision is the tail, -1 without a stream); 'duplicate' (the id is taken)
-- Position and hashes are those of what was written.
create function dispatch_log.append(
  streams text[], expected integer[], ids uuid[], types text[], versions smallint[],
  data text[], metadata text[], moments timestamptz[], contents bytea[]
) returns table (outcome text, revision integer, "position" bigint, prev_hash bytea, hash bytea)
language plpgsql security definer
set search_path = pg_catalog, pg_temp
-- The one good plan goes by index, also before the tables have statistics; a large batch must not spill to disk.
set enable_seqscan = off
set enable_bitmapscan = off
set plan_cache_mode = force_generic_plan
set jit = off
set work_mem = '64MB'
as $$
declare
  last bigint;
  newest bigint;
  taken uuid[];
  outcomes text[];
  revisions integer[];
  positions bigint[];
  prev_hashes bytea[];
  hashes bytea[];
begin
  -- A statement of its own: the next ones then have a snapshot that holds everything the lock was waited for.
  select h.position into strict last from dispatch_log.head h for update;

  -- One search for all ids, where a condition on each item would be a search an item.
  taken := array(select e.event_id from dispatch_log.events e where e.event_id = any (ids));

  with item as (
    select i.ordinal, i.content,
           coalesce(tail.revision, -1) as tail,
           coalesce(tail.hash, '\x0000000000000000000000000000000000000000000000000000000000000000') as prev_hash,
           case
             when i.id = any (taken) then 'duplicate'
             when i.expected not in (-2, coalesce(tail.revision, -1)) then 'conflict'
             else 'written'
           end as outcome
    from unnest(streams, expected, ids, contents) with ordinality as i (stream, expected, id, content, ordinal)
    left join lateral (
      select e.revision, e.hash from dispatch_log.events e where e.stream = i.stream order by e.revision desc limit 1
    ) tail on true
  ), placed as (
    select item.ordinal, item.outcome, item.tail, item.prev_hash, item.content,
           count(*) filter (where item.outcome = 'written') over (order by item.ordinal) as place
    from item
  )
  select array_agg(p.outcome order by p.ordinal),
         array_agg(p.tail + (p.outcome = 'written')::integer order by p.ordinal),
         array_agg(case when p.outcome = 'written' then last + p.place end order by p.ordinal),
         array_agg(p.prev_hash order by p.ordinal),
         -- The chain: see hash.ts.
         array_agg(sha256(p.prev_hash || p.content) order by p.ordinal),
         last + max(p.place)
    into outcomes, revisions, positions, prev_hashes, hashes, newest
  from placed p;

  if newest > last then
    insert into dispatch_log.events (position, stream, revision, event_id, type, schema_version, data, metadata,
                                     prev_hash, hash, recorded_at, octets)
    select i.position, i.stream, i.revision, i.id, i.type, i.version, i.data::json, i.metadata::json,
           i.prev_hash, i.hash, i.moment, octet_length(i.data) + octet_length(i.metadata)
    from unnest(positions, streams, revisions, ids, types, versions, data, metadata, prev_hashes, hashes, moments)
           as i (position, stream, revision, id, type, version, data, metadata, prev_hash, hash, moment)
    where i.position is not null;
    update dispatch_log.head h set position = newest;
    perform pg_notify('dispatch_log', newest::text);
  end if;

  return query select * from unnest(outcomes, revisions, positions, prev_hashes, hashes);
end $$;

-- What the application may do. Roles belong to the whole cluster: another database may have made this one, or be
-- making it right now. Who makes it may also take it on; a login of its own is granted it by whoever runs the server.
do $$
begin
  if not exists (select from pg_roles where rolname = 'dispatch_app') then
    create role dispatch_app nologin;
    execute format('grant dispatch_app to %I', current_user);
  end if;
exception when duplicate_object or unique_violation then null;
end $$;

revoke all on schema dispatch_log from public;
revoke all on all tables in schema dispatch_log from public;
revoke all on all functions in schema dispatch_log from public;
grant usage on schema dispatch_log to dispatch_app;
grant select on dispatch_log.events, dispatch_log.head to dispatch_app;
grant execute on function dispatch_log.append to dispatch_app;
