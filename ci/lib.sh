# Sourced by the scripts of this folder.
# shellcheck shell=bash
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# say TEXT: one line of talk on standard error.
say() { printf '%s\n' "$*" >&2; }

# fail CODE MESSAGE HINT: one clear error, then the end.
fail() {
  say "error [$1]: $2"
  say "hint: $3"
  exit 4
}
