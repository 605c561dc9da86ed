#!/bin/sh
# What the replica runs: a copy of the primary on the first start, and from then on the server that follows it. The
# slot keeps the primary's WAL for as long as the replica is away.
set -eu
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  PGPASSWORD="$(cat /run/secrets/database_replication_password)"
  export PGPASSWORD
  pg_basebackup --host "$PRIMARY_HOST" --port "$PRIMARY_PORT" --username dispatch_replication --pgdata "$PGDATA" \
    --wal-method stream --checkpoint fast --write-recovery-conf --create-slot --slot replica
  unset PGPASSWORD
  chmod 0700 "$PGDATA"
fi
exec postgres "$@"
