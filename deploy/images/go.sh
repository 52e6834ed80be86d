# shellcheck shell=bash
# Sourced by the scripts that build Go programs: afterwards `go` is on the PATH and new enough.
#
# Debian's Go is too old for them, and too old to fetch a newer one by itself as Go does since 1.21; but the
# newer one is a Go module (golang.org/toolchain), and downloading and verifying modules is what it can do.

# shellcheck source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

go_is_new_enough() {
  local have
  have=$(cd / && GOTOOLCHAIN=local go env GOVERSION 2>/dev/null) || return 1
  [ "$(printf '%s\n' "$GO_MINIMUM" "${have#go}" | sort -V | head -n 1)" = "$GO_MINIMUM" ]
}

fetch_go() {
  local module=golang.org/toolchain@v0.0.1-go$GO_VERSION.linux-$ARCH source
  packages golang-1.19-go ca-certificates
  say "fetching Go $GO_VERSION"
  PATH=/usr/lib/go-1.19/bin:$PATH module_copy "$module" "$1"
  # Two things a newer go does when it unpacks a toolchain.
  chmod -R +x "$1/bin" "$1/pkg/tool"
  find "$1" -name _go.mod -execdir mv _go.mod go.mod \;
}

if ! go_is_new_enough; then
  GO_ROOT=$AGENTO_CACHE_DIR/go-$GO_VERSION-$ARCH
  if [ ! -x "$GO_ROOT/bin/go" ]; then
    rm -rf "$GO_ROOT.part"
    fetch_go "$GO_ROOT.part"
    mv "$GO_ROOT.part" "$GO_ROOT"
  fi
  export PATH=$GO_ROOT/bin:$PATH GOTOOLCHAIN=local
  go_is_new_enough || fail "the fetched Go does not run"
fi
