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

# built: the folder of cargo's programs, also with CARGO_TARGET_DIR or build.target-dir.
built() {
  cargo metadata --format-version 1 --no-deps --offline | sed -n 's/.*"target_directory":"\([^"]*\)".*/\1/p'
}

# build: every program, test and example.
build() {
  cargo test --locked --quiet --workspace --no-run "$@"
  # No test brings the library along that CLIENT preloads.
  cargo build --locked --quiet --package spnlab-sockets
}

# median FILE, spread FILE: of the figures in a file, one a line (its first word).
median() { awk '{ print $1 }' "$1" | sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }
# Minimum, median and maximum.
spread() {
  awk '{ print $1 }' "$1" | sort -n | awk '{ v[NR] = $1 } END { printf "%s / %s / %s", v[1], v[int((NR + 1) / 2)], v[NR] }'
}
