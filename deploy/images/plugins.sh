#!/usr/bin/env bash
# `docker compose` and `docker buildx` where Debian's packages lack them: both are Go modules.
set -euo pipefail
# shellcheck source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

PLUGINS_DIR=${DOCKER_CONFIG:-$HOME/.docker}/cli-plugins

build_compose() {
  local source
  source=$(mktemp -d)
  module_copy "github.com/docker/compose/v2@v$COMPOSE_VERSION" "$source"
  (cd "$source" && go_build -ldflags "-s -w -X github.com/docker/compose/v2/internal.Version=v$COMPOSE_VERSION" -o "$1" ./cmd)
  rm -rf "$source"
}

build_buildx() {
  local source
  source=$(mktemp -d)
  module_copy "github.com/docker/buildx@v$BUILDX_VERSION" "$source"
  (cd "$source" && go_build -ldflags "-s -w -X github.com/docker/buildx/version.Version=v$BUILDX_VERSION" -o "$1" ./cmd/buildx)
  rm -rf "$source"
}

# plugin NAME VERSION BUILDER
plugin() {
  local file=$AGENTO_CACHE_DIR/docker-$1-$2-$ARCH/docker-$1
  if docker "$1" version >/dev/null 2>&1; then
    say "docker $1: present"
    return
  fi
  [ -s "$file" ] || source "$IMAGES_DIR/go.sh"
  cached "$file" "$3"
  mkdir -p "$PLUGINS_DIR"
  install -m 0755 "$file" "$PLUGINS_DIR/docker-$1"
}

plugin compose "$COMPOSE_VERSION" build_compose
plugin buildx "$BUILDX_VERSION" build_buildx
