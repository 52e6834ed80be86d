#!/usr/bin/env bash
# The collector of deploy/collector/builder.yaml, made by the collector's official builder, as an image that
# is laid out like the upstream one: the program as the entry point, `--config` as its arguments.
set -euo pipefail
# shellcheck source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

MANIFEST=$DEPLOY_DIR/collector/builder.yaml

build_collector() {
  local work
  work=$(mktemp -d)
  # The builder's --set would leave a folder beside the manifest; a copy of the manifest can say where to build.
  sed "s#^dist:#dist:\n  output_path: $work/build#" "$MANIFEST" >"$work/builder.yaml"
  GOBIN=$work GOFLAGS=-buildvcs=false nice -n 15 go install "go.opentelemetry.io/collector/cmd/builder@v$COLLECTOR_VERSION"
  (cd "$work" && CGO_ENABLED=0 GOFLAGS=-buildvcs=false nice -n 15 "$work/builder" --config "$work/builder.yaml")
  cp "$work/build/agento-otelcol" "$1"
  rm -rf "$work"
}

# A changed list of components is a new collector, though its version is the old one.
key=collector-$COLLECTOR_VERSION-$(sha256sum "$MANIFEST" | cut -c 1-12)-$ARCH
binary=$AGENTO_CACHE_DIR/$key/otelcol
[ -s "$binary" ] || source "$IMAGES_DIR/go.sh"
cached "$binary" build_collector

context=$(mktemp -d)
trap 'rm -rf "$context"' EXIT
install -m 0755 "$binary" "$context/otelcol"
cat >"$context/Dockerfile" <<'DOCKERFILE'
FROM scratch
COPY otelcol /otelcol
USER 10001:10001
ENTRYPOINT ["/otelcol"]
DOCKERFILE
image_of "$AGENTO_IMAGE_COLLECTOR" "$key" "$context"
