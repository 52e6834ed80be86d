#!/usr/bin/env bash
# Jaeger from its Go module. Storage, API and OTLP are whole; what is not in a Go module is the page (its
# assets are made by a JavaScript build), so this image serves tests and people pull the upstream one.
set -euo pipefail
# shellcheck source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

build_jaeger() {
  local source
  source=$(mktemp -d)
  module_copy "github.com/jaegertracing/jaeger@v$JAEGER_MODULE_VERSION" "$source"
  (cd "$source" && go_build -ldflags "-s -w" -o "$1" ./cmd/jaeger)
  rm -rf "$source"
}

key=jaeger-$JAEGER_VERSION-$ARCH
binary=$AGENTO_CACHE_DIR/$key/jaeger
[ -s "$binary" ] || source "$IMAGES_DIR/go.sh"
cached "$binary" build_jaeger

# The upstream image is Alpine's, whose busybox has the wget that the health check in docker-compose.yml
# calls; Debian's static busybox is the same program.
packages busybox-static
context=$(mktemp -d)
trap 'rm -rf "$context"' EXIT
install -m 0755 "$binary" "$context/jaeger"
install -m 0755 /bin/busybox "$context/wget"
cat >"$context/Dockerfile" <<'DOCKERFILE'
FROM scratch
COPY wget /bin/wget
COPY jaeger /jaeger
ENV PATH=/bin
USER 10001:10001
ENTRYPOINT ["/jaeger"]
DOCKERFILE
image_of "$AGENTO_IMAGE_JAEGER" "$key" "$context"
