-- Keys of the people that the log tells of, each under the master key, which is not in the database. Apart from the log,
-- and in no backup of it. A key that is gone is gone: everything that was sealed with it, in whatever copy, is erased.

create schema dispatch_privacy;

-- The master key that all keys are under, by a mark that says nothing of it; and the key that names are made with,
-- under it as well.
create table dispatch_privacy.master (
  single boolean primary key default true check (single),
  mark text collate "C" not null,
  naming bytea not null
);

create table dispatch_privacy.keys (
  subject uuid primary key,
  wrapped bytea not null,
  made_at timestamptz(3) not null default clock_timestamp()
);

-- What a subject goes by: an HMAC of the address or number, under a key that follows from the master key. It goes with
-- the key, so that nobody can be recognised after it.
create table dispatch_privacy.names (
  name bytea primary key check (octet_length(name) = 32),
  subject uuid not null unique references dispatch_privacy.keys on delete cascade
);

-- What else a subject was met with, for whoever looks for all of a person.
create table dispatch_privacy.also (
  name bytea not null check (octet_length(name) = 32),
  subject uuid not null references dispatch_privacy.keys on delete cascade,
  primary key (name, subject)
);
create index on dispatch_privacy.also (subject);

create table dispatch_privacy.erasures (
  subject uuid primary key,
  erased_at timestamptz(3) not null default clock_timestamp(),
  erased_by text not null,
  -- Whether the log says so too.
  recorded boolean not null default false
);

create function dispatch_privacy.refuse() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  raise exception 'dispatch_privacy.% keeps what was erased: % is refused', tg_table_name, tg_op
    using errcode = 'insufficient_privilege';
end $$;

create trigger kept before delete or truncate on dispatch_privacy.erasures
  for each statement execute function dispatch_privacy.refuse();
alter table dispatch_privacy.erasures enable always trigger kept;

-- Holds the row until the transaction ends, so that the master key is not changed meanwhile.
create function dispatch_privacy.demand(under text) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  perform from dispatch_privacy.master m where m.mark = under for share;
  if not found then
    raise exception 'the keys are under another master key' using errcode = 'object_not_in_prerequisite_state';
  end if;
end $$;

-- Puts every key under another master key: all of them, or none.
create function dispatch_privacy.rewrap(before text, after text, other_naming bytea, subjects uuid[], wraps bytea[])
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  update dispatch_privacy.master m set mark = after, naming = other_naming where m.mark = before;
  if not found then
    raise exception 'the keys are under another master key' using errcode = 'object_not_in_prerequisite_state';
  end if;
  update dispatch_privacy.keys k set wrapped = i.wrapped from unnest(subjects, wraps) as i (subject, wrapped)
    where k.subject = i.subject;
  if exists (select from dispatch_privacy.keys k where k.subject <> all (subjects)) then
    raise exception 'a key was made meanwhile: try again' using errcode = 'object_not_in_prerequisite_state';
  end if;
end $$;

-- Gives each name a subject and its key where it has none, and answers whose they are, in order of the names given.
create function dispatch_privacy.make(under text, news bytea[], subjects uuid[], wraps bytea[])
returns table (subject uuid, wrapped bytea)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  item record;
begin
  perform dispatch_privacy.demand(under);
  -- In one order, so that two that give the same names wait for each other and not in a ring.
  for item in select * from unnest(news, subjects, wraps) as i (name, subject, wrapped) order by i.name loop
    insert into dispatch_privacy.keys (subject, wrapped) values (item.subject, item.wrapped);
    insert into dispatch_privacy.names (name, subject) values (item.name, item.subject) on conflict do nothing;
    if not found then
      delete from dispatch_privacy.keys k where k.subject = item.subject;
    end if;
  end loop;
  return query
    select k.subject, k.wrapped from unnest(news) with ordinality as i (name, place)
      join dispatch_privacy.names n on n.name = i.name join dispatch_privacy.keys k on k.subject = n.subject
      order by i.place;
end $$;

-- Destroys a key, and keeps that it did, in one step.
create function dispatch_privacy.erase(who uuid, whom text) returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  delete from dispatch_privacy.keys k where k.subject = who;
  if found then
    insert into dispatch_privacy.erasures (subject, erased_by) values (who, whom);
    return 'erased';
  end if;
  return case when exists (select from dispatch_privacy.erasures e where e.subject = who) then 'before' else 'unknown' end;
end $$;

-- Keeps that a key is gone for good.
create function dispatch_privacy.give_up(who uuid, whom text, moment timestamptz) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  delete from dispatch_privacy.keys k where k.subject = who;
  insert into dispatch_privacy.erasures (subject, erased_by, erased_at) values (who, whom, moment) on conflict do nothing;
end $$;

-- Takes keys that were kept elsewhere, but for those that were erased or stand here.
create function dispatch_privacy.take(under text, subjects uuid[], wraps bytea[], moments timestamptz[], given bytea[])
returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  taken bigint;
begin
  perform dispatch_privacy.demand(under);
  with item as (
    select * from unnest(subjects, wraps, moments, given) as i (subject, wrapped, made_at, name)
    where not exists (select from dispatch_privacy.erasures e where e.subject = i.subject)
  ), put as (
    insert into dispatch_privacy.keys (subject, wrapped, made_at)
    select i.subject, i.wrapped, i.made_at from item i on conflict do nothing returning subject
  )
  select count(*) into taken from put;
  -- A name that somebody has here meanwhile stays theirs: the key that comes opens what it sealed, and seals no more.
  insert into dispatch_privacy.names (name, subject)
  select i.name, i.subject from unnest(subjects, given) as i (subject, name)
    join dispatch_privacy.keys k on k.subject = i.subject where i.name is not null
  on conflict do nothing;
  return taken;
end $$;

-- So that whoever erases may also have the pages rewritten that the key stood in. Older servers leave that to the owner.
do $$
begin
  if current_setting('server_version_num')::integer >= 170000 then
    execute 'grant maintain on all tables in schema dispatch_privacy to dispatch_app';
  end if;
end $$;

revoke all on schema dispatch_privacy from public;
revoke all on all tables in schema dispatch_privacy from public;
revoke all on all functions in schema dispatch_privacy from public;
grant usage on schema dispatch_privacy to dispatch_app;
grant select on all tables in schema dispatch_privacy to dispatch_app;
grant insert on dispatch_privacy.also, dispatch_privacy.master to dispatch_app;
grant update (recorded) on dispatch_privacy.erasures to dispatch_app;
grant execute on function dispatch_privacy.make, dispatch_privacy.erase, dispatch_privacy.give_up, dispatch_privacy.take,
  dispatch_privacy.rewrap
  to dispatch_app;
