#!/usr/bin/env bash
# A Docker engine where none answers: installed from Debian's packages and started in the background.
# An engine that answers, whoever runs it, is used as it is.
set -euo pipefail
# shellcheck source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

STATE_DIR=${AGENTO_ENGINE_STATE_DIR:-$AGENTO_CACHE_DIR/engine}
LOG_FILE=$STATE_DIR/dockerd.log
PID_FILE=$STATE_DIR/dockerd.pid
WAIT_SECONDS=60

if docker info >/dev/null 2>&1; then
  say "Docker engine $(docker version --format '{{.Server.Version}}'): running already"
  exit 0
fi
[ -z "${DOCKER_HOST:-}" ] || fail "DOCKER_HOST is $DOCKER_HOST, and no engine answers there"
[ "$(id -u)" = 0 ] || fail "no Docker engine answers, and only root can install and start one"

packages docker.io iptables
mkdir -p "$STATE_DIR"

# An engine that was killed leaves its process ids behind, and on a machine that was stopped and started again
# they may belong to others by now: dockerd would take those for itself and wait.
forget_if_not() {
  if [ -f "$1" ] && [ "$(cat "/proc/$(cat "$1")/comm" 2>/dev/null)" != "$2" ]; then rm -f "$1"; fi
}
forget_if_not /var/run/docker.pid dockerd
forget_if_not /var/run/docker/containerd/containerd.pid containerd

say "starting dockerd, log in $LOG_FILE"
# A session of its own: the engine outlives this script and gets none of the terminal's signals.
setsid nohup dockerd >"$LOG_FILE" 2>&1 </dev/null &
engine=$!
echo "$engine" >"$PID_FILE"

for _ in $(seq "$WAIT_SECONDS"); do
  if docker info >/dev/null 2>&1; then
    say "Docker engine $(docker version --format '{{.Server.Version}}'): started, process $engine"
    exit 0
  fi
  kill -0 "$engine" 2>/dev/null || break
  sleep 1
done
tail -n 20 "$LOG_FILE" >&2
fail "dockerd did not come up, its log's end is above (whole: $LOG_FILE)"
