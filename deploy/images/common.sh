# shellcheck shell=bash
# shellcheck disable=SC2034 # what is set here is used by the scripts that source this file
# Shared by the scripts beside it; sourced, never run.
#
# Everything built here is kept under one cache folder, in a folder named after its version (the key). A second
# run reuses it; a new version is built next to the old one.

# Versions that are built here rather than pulled: the newest that are complete on the Go module proxy.
# docker-compose.yml names the upstream releases that everybody else pulls.
COMPOSE_VERSION=2.40.3
BUILDX_VERSION=0.33.0
COLLECTOR_VERSION=0.145.0
JAEGER_MODULE_VERSION=1.76.0 # the Go module's number; the release inside it is the next line's
JAEGER_VERSION=2.13.0
NODE_VERSION=24.21.0
NPM_VERSION=11.19.1
DEBIAN_SUITE=bookworm
POSTGRES_MAJOR=15 # what that suite has
GO_VERSION=1.26.8 # fetched only where there is no Go, or an older one than GO_MINIMUM
GO_MINIMUM=1.25

AGENTO_CACHE_DIR=${AGENTO_CACHE_DIR:-$HOME/.cache/agento}
IMAGES_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
DEPLOY_DIR=$(dirname "$IMAGES_DIR")
ARCH=$(dpkg --print-architecture)

# The names the images get, for docker-compose.yml too.
# shellcheck source=local.env
source "$IMAGES_DIR/local.env"

mkdir -p "$AGENTO_CACHE_DIR"

say() { printf 'images: %s\n' "$*"; }
fail() {
  printf 'images: %s\n' "$*" >&2
  exit 1
}

# packages NAME… installs those Debian packages that are missing.
packages() {
  local missing=() name
  for name in "$@"; do
    dpkg-query --show --showformat='${db:Status-Status}' "$name" 2>/dev/null | grep -qx installed || missing+=("$name")
  done
  [ ${#missing[@]} -eq 0 ] && return
  say "installing from Debian: ${missing[*]}"
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

# cached FILE COMMAND… runs the command unless FILE is there already. The command is given a path to write
# to, which becomes FILE only if the command succeeds: an interrupted build leaves nothing half-finished.
cached() {
  local file=$1 started=$SECONDS
  shift
  if [ -s "$file" ]; then
    say "$(basename "$file"): cached in $(basename "$(dirname "$file")")"
    return
  fi
  mkdir -p "$(dirname "$file")"
  say "$(basename "$file"): building, this takes minutes …"
  rm -f "$file.part"
  "$@" "$file.part"
  mv "$file.part" "$file"
  say "$(basename "$file"): built in $((SECONDS - started)) s, $(($(stat -c %s "$file") / 1000000)) MB"
}

# Go builds are heavy and not urgent: they run at low priority.
go_build() { CGO_ENABLED=0 GOFLAGS=-buildvcs=false nice -n 15 go build -trimpath "$@"; }

# module_copy MODULE@VERSION DIRECTORY puts a writable copy of a Go module's own folder there. A module with
# `replace` lines cannot be given to `go install`, but builds in its own folder.
module_copy() {
  local source
  source=$(cd / && GOFLAGS=-mod=mod go mod download -json "$1" | sed -n 's/^[[:space:]]*"Dir": "\(.*\)",$/\1/p')
  [ -d "$source" ] || fail "the Go module $1 could not be downloaded"
  mkdir -p "$2"
  cp -R "$source/." "$2"
  chmod -R u+w "$2"
}

# The base image's key, which images made from it share.
base_key() { echo "base-$DEBIAN_SUITE-node$NODE_VERSION-npm$NPM_VERSION-$ARCH"; }

# image_of NAME:TAG KEY CONTEXT makes an image from a folder that holds a Dockerfile and what it copies, and
# labels it with the key: an image that has the label already is left alone.
image_of() {
  local label
  label=$(docker image inspect --format '{{index .Config.Labels "agento.key"}}' "$1" 2>/dev/null || true)
  if [ "$label" = "$2" ]; then
    say "image $1: present"
    return
  fi
  docker build --quiet --label "agento.key=$2" --tag "$1" "$3" >/dev/null
  say "image $1: built, $(($(docker image inspect --format '{{.Size}}' "$1") / 1000000)) MB"
}
