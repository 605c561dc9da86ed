#!/bin/sh
# Writes deploy/.env: a random value for every secret of the compose files. Letters and digits only, since some stand
# in URLs. Does not touch a file that is there: what runs was started with its values.
set -eu
file="$(dirname "$0")/.env"
[ ! -e "$file" ] || { echo "$file is there already" >&2; exit 1; }
umask 077
for name in POSTGRES_PASSWORD DATABASE_OWNER_PASSWORD DATABASE_SERVICE_PASSWORD DATABASE_REPLICATION_PASSWORD \
  KURRENTDB_ADMIN_PASSWORD KURRENTDB_OPS_PASSWORD GRAFANA_ADMIN_PASSWORD DISPATCH_AUTH_JWT_SECRET DISPATCH_OPS_TOKEN \
  DISPATCH_PRIVACY_KEY; do
  echo "$name=$(openssl rand -hex 32)"
done >"$file"
# The key that signs heads of the log's tree, made by the image.
image="$(docker build --quiet --file "$(dirname "$0")/Dockerfile" "$(dirname "$0")/..")"
key="$(docker run --rm "$image" node dist/apps/cli/src/main.js audit new-key "${1:-localhost/dispatch}")"
echo "DISPATCH_AUDIT_SIGNING_KEY=$key" >>"$file"
echo "wrote $file"
