#!/bin/sh
# Run once by the postgres image on the primary: the login that the replica streams with.
set -eu
REPLICATION_PASSWORD="$(cat /run/secrets/database_replication_password)" \
  psql --username "$POSTGRES_USER" --dbname postgres --set ON_ERROR_STOP=1 --quiet <<'SQL'
\getenv replication_password REPLICATION_PASSWORD
create role dispatch_replication login replication password :'replication_password';
SQL
echo 'host replication dispatch_replication samenet scram-sha-256' >>"$PGDATA/pg_hba.conf"
