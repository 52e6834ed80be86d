#!/usr/bin/env bash
# Everything docker-compose.yml needs, on a machine that can pull no images: an engine, the two plugins, and
# five images under the names of local.env. A quarter of an hour on a new machine with two cores, seconds after.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

started=$SECONDS
for step in engine plugins base collector jaeger prometheus postgres; do
  bash "$step.sh"
done
printf 'images: all there, %s s\n' "$((SECONDS - started))"
