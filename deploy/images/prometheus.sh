#!/usr/bin/env bash
# Prometheus from Debian's package, laid out like the upstream image.
set -euo pipefail
# shellcheck source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

context=$(mktemp -d)
trap 'rm -rf "$context"' EXIT
# busybox brings the wget of the upstream image's health check.
cat >"$context/Dockerfile" <<DOCKERFILE
FROM $AGENTO_BASE_IMAGE
RUN apt-get update -qq \\
  && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends prometheus busybox-static >/dev/null \\
  && ln -s /bin/busybox /usr/local/bin/wget \\
  && rm -rf /var/lib/apt/lists/*
USER 65534:65534
ENTRYPOINT ["/usr/bin/prometheus"]
DOCKERFILE
image_of "$AGENTO_IMAGE_PROMETHEUS" "prometheus-$(base_key)" "$context"
