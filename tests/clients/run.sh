#!/bin/sh
# What other people's clients make of the desk: installs them, starts a desk on a free port, and runs every check against it.
#
#   tests/clients/run.sh [the deskgraph program; without it, it is built]
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
program=${1:-}
if [ -z "$program" ]; then
  (cd "$root" && cargo build --quiet --bin deskgraph)
  program=${CARGO_TARGET_DIR:-$root/target}/debug/deskgraph
fi
case $program in
  /*) ;;
  *) program=$PWD/$program ;;
esac
cd "$here"
npm ci --no-audit --no-fund --loglevel=error

node codegen.mjs
(cd relay && ../node_modules/.bin/relay-compiler)
node_modules/.bin/tsc --project .
echo "ok tsc --strict takes what graphql-codegen and relay-compiler made"

folder=$(mktemp -d)
desk=
finish() {
  status=$?
  if [ -n "$desk" ]; then
    kill "$desk" 2>/dev/null || true
    wait "$desk" 2>/dev/null || true
  fi
  if [ "$status" -ne 0 ] && [ -s "$folder/log" ]; then tail -n 40 "$folder/log" >&2; fi
  rm -rf "$folder"
  exit "$status"
}
trap finish EXIT
trap 'exit 130' INT TERM

DESKGRAPH_LISTEN=127.0.0.1:0 DESKGRAPH_DATA="$folder/data" DESKGRAPH_ADMIN_EMAIL=ada@desk.test \
  DESKGRAPH_ADMIN_PASSWORD="correct horse battery" "$program" serve >"$folder/out" 2>"$folder/log" &
desk=$!
tries=0
until url=$(sed -n 's#^Deskgraph answers at \(http://[^ ]*\)/$#\1#p' "$folder/out") && [ -n "$url" ]; do
  kill -0 "$desk" 2>/dev/null || { echo "the desk did not start" >&2; exit 1; }
  tries=$((tries + 1))
  [ "$tries" -lt 300 ] || { echo "the desk did not say where it listens" >&2; exit 1; }
  sleep 0.1
done

node http-audit.mjs "$url/graphql"
node ws-check.mjs "ws://${url#http://}/graphql"
node resume-check.mjs "$url" ada@desk.test "correct horse battery"
node sse-check.mjs "$url" ada@desk.test "correct horse battery"
echo "every client is content"
