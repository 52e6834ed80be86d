#!/usr/bin/env bash
# Helm, of the version the chart is tested with: `bash deploy/kubernetes/helm.sh lint …` builds it from its Go module if
# it is not there yet.
set -euo pipefail
# shellcheck source=../images/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/../images/common.sh"

HELM_VERSION=4.3.2

build_helm() {
  local source
  source=$(mktemp -d)
  module_copy "helm.sh/helm/v4@v$HELM_VERSION" "$source"
  (cd "$source" && go_build -ldflags "-s -w -X helm.sh/helm/v4/internal/version.version=v$HELM_VERSION" -o "$1" ./cmd/helm)
  rm -rf "$source"
}

helm=$AGENTO_CACHE_DIR/helm-$HELM_VERSION-$ARCH/helm
if [ ! -s "$helm" ]; then
  # shellcheck source=../images/go.sh
  source "$IMAGES_DIR/go.sh" >&2
  cached "$helm" build_helm >&2
  chmod +x "$helm"
fi
exec "$helm" "$@"
