-- The Merkle tree over the log, and the tree heads that were signed. All of it only grows.

create schema dispatch_proof;

-- One leaf an event, in the order of the log. The last leaf is also the checkpoint of the process that keeps the tree:
-- there is nothing else to move. The index is the tree's own; positions may have gaps in another kind of log.
create table dispatch_proof.leaves (
  index bigint primary key check (index >= 0),
  position bigint not null unique,
  hash bytea not null check (octet_length(hash) = 32)
);

-- Complete subtrees above the leaves: the one at (level, index) covers 2^level leaves from index * 2^level on.
create table dispatch_proof.nodes (
  level smallint not null check (level > 0),
  index bigint not null check (index >= 0),
  hash bytea not null check (octet_length(hash) = 32),
  primary key (level, index)
);

-- Public keys that signed here, so that old checkpoints can be checked after a rotation. What an auditor trusts is the
-- key that was given by another way, not this list.
create table dispatch_proof.keys (
  key text collate "C" primary key,
  first_used_at timestamptz not null default clock_timestamp()
);

create table dispatch_proof.checkpoints (
  id bigint generated always as identity primary key,
  -- Leaves.
  size bigint not null check (size > 0),
  root bytea not null check (octet_length(root) = 32),
  key text collate "C" not null references dispatch_proof.keys,
  -- The signed note, byte for byte.
  note text not null,
  issued_at timestamptz(3) not null default clock_timestamp(),
  unique (size, key)
);

create function dispatch_proof.refuse() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  raise exception 'dispatch_proof.% is append-only: % is refused', tg_table_name, tg_op
    using errcode = 'insufficient_privilege';
end $$;

create trigger append_only before update or delete or truncate on dispatch_proof.leaves
  for each statement execute function dispatch_proof.refuse();
create trigger append_only before update or delete or truncate on dispatch_proof.nodes
  for each statement execute function dispatch_proof.refuse();
create trigger append_only before update or delete or truncate on dispatch_proof.keys
  for each statement execute function dispatch_proof.refuse();
create trigger append_only before update or delete or truncate on dispatch_proof.checkpoints
  for each statement execute function dispatch_proof.refuse();

-- Always: also in a session that has set session_replication_role to replica.
alter table dispatch_proof.leaves enable always trigger append_only;
alter table dispatch_proof.nodes enable always trigger append_only;
alter table dispatch_proof.keys enable always trigger append_only;
alter table dispatch_proof.checkpoints enable always trigger append_only;

revoke all on schema dispatch_proof from public;
revoke all on all tables in schema dispatch_proof from public;
revoke all on all functions in schema dispatch_proof from public;
grant usage on schema dispatch_proof to dispatch_app;
grant select, insert on all tables in schema dispatch_proof to dispatch_app;
