#!/bin/sh
# Run once by the postgres image, in an empty cluster: the database and its two logins. The group role dispatch_app is
# made here and not by the first migration, so that the service's login has it before the first start.
set -eu
secret() { cat "/run/secrets/$1"; }

# Through the environment of this one command, so that the passwords stand in no process list.
OWNER_PASSWORD="$(secret database_owner_password)" SERVICE_PASSWORD="$(secret database_service_password)" \
  psql --username "$POSTGRES_USER" --dbname postgres --set ON_ERROR_STOP=1 --quiet <<'SQL'
\getenv owner_password OWNER_PASSWORD
\getenv service_password SERVICE_PASSWORD
create role dispatch_app nologin;
create role dispatch_owner login password :'owner_password' in role dispatch_app;
create role dispatch_service login password :'service_password' in role dispatch_app;
create database dispatch owner dispatch_owner;
revoke connect on database dispatch from public;
grant connect on database dispatch to dispatch_owner, dispatch_service;
SQL
