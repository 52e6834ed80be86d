#!/usr/bin/env bash
# Postgres from Debian's package, understanding those of the upstream image's variables that docker-compose.yml sets.
set -euo pipefail
# shellcheck source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

context=$(mktemp -d)
trap 'rm -rf "$context"' EXIT
cat >"$context/entrypoint" <<'ENTRYPOINT'
#!/bin/sh
set -eu
export PGDATA="${PGDATA:-/var/lib/postgresql/data}"
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  # Made beside its place: a first start that was interrupted begins anew.
  new="$PGDATA.new"
  rm -rf "$new"
  printf '%s' "$POSTGRES_PASSWORD" >/tmp/password
  initdb --pgdata="$new" --username="$POSTGRES_USER" --pwfile=/tmp/password \
    --auth-local=trust --auth-host=scram-sha-256 --encoding=UTF8 --locale=C.UTF-8 >/dev/null
  rm /tmp/password
  echo 'host all all all scram-sha-256' >>"$new/pg_hba.conf"
  echo "CREATE DATABASE \"$POSTGRES_DB\"" | postgres --single -D "$new" postgres >/dev/null
  mv "$new" "$PGDATA"
fi
exec "$@" -c listen_addresses='*'
ENTRYPOINT
chmod 0755 "$context/entrypoint"
# initdb asks who it runs as, so the user that docker-compose.yml names must have a name here.
cat >"$context/Dockerfile" <<DOCKERFILE
FROM $AGENTO_BASE_IMAGE
RUN echo 'agento:x:10001:10001::/nonexistent:/usr/sbin/nologin' >>/etc/passwd \\
  && mkdir -p /etc/postgresql-common && echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.conf \\
  && apt-get update -qq \\
  && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends postgresql >/dev/null \\
  && rm -rf /var/lib/apt/lists/* \\
  && chmod 1777 /var/lib/postgresql /run/postgresql
COPY entrypoint /usr/local/bin/entrypoint
ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/usr/lib/postgresql/$POSTGRES_MAJOR/bin
USER 10001:10001
STOPSIGNAL SIGINT
ENTRYPOINT ["entrypoint"]
CMD ["postgres"]
DOCKERFILE
image_of "$AGENTO_IMAGE_POSTGRES" "postgres-$(base_key)-$(sha256sum "$context/entrypoint" | cut -c 1-12)" "$context"
