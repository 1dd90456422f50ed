#!/usr/bin/env bash
# Tests ./weir as a new user meets it: in a fresh copy of this project, in a folder whose name has blanks. Prints "pass NAME" or
# "fail NAME" for each check; what went wrong goes to standard error.
set -u
home=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
chmod 755 "$scratch"
copy="$scratch/a copy"
out=$scratch/out err=$scratch/err

# expect NAME CONDITION...: the condition is a command.
expect() {
  local name=$1
  shift
  if "$@"; then
    echo "pass launcher: $name"
  else
    echo "fail launcher: $name"
    { echo "$name: standard error was:"; head -n 5 "$err"; } >&2
  fi
}
# run STATUS COMMAND...: whether it ends so; its streams are in $out and $err.
run() {
  local wanted=$1 status
  shift
  "$@" >"$out" 2>"$err" </dev/null
  status=$?
  ((status == wanted)) || { echo "status $status, not $wanted: $*" >&2; return 1; }
}
prints_flows() { run 0 "$@" && head -n 1 "$out" | grep -q '^flow_id,' && (($(wc -l <"$out") > 1)); }
builds() { grep -q '^weir: building' "$err"; }
says() { [[ $(wc -l <"$err") == 1 ]] && grep -q "$1" "$err"; }

mkdir "$copy"
tar -C "$home" --exclude=./.git --exclude=target --exclude=./.weir --exclude=.cifuzz-corpus -cf - . | tar -C "$copy" -xf -
cd "$copy" || exit 1
sample=$copy/samples/web.pcap
if [[ ! -f $sample ]]; then
  echo "fail launcher: samples/web.pcap is missing"
  exit 1
fi

first_start() { prints_flows ./weir track "$sample" && builds; }
expect "the first start builds and prints flows" first_start

second_start() { prints_flows ./weir track "$sample" && [[ ! -s $err ]] && (($(compgen -G ".weir/*.aot" | wc -l) == 2)); }
expect "the second start builds nothing and is silent" second_start

to_duckdb() { run 0 ./weir track "$sample" -w "$scratch/Flows.DuckDB" && run 0 ./weir query 'SELECT count(*) > 10 AS some FROM flows' "$scratch/Flows.DuckDB" && [[ $(tail -n 1 "$out") == true ]]; }
expect "a DuckDB file is written and queried" to_duckdb

elsewhere() { ln -s "$copy/weir" "$scratch/link" && (cd / && prints_flows "$scratch/link" track "$sample") && [[ ! -s $err ]]; }
expect "it runs through a symbolic link, from another folder" elsewhere

two_at_once() {
  touch cli/src/main/java/dev/weir/cli/Main.java
  ./weir --version >"$scratch/one" 2>"$scratch/one.err" </dev/null &
  local other=$!
  run 0 ./weir --version && wait "$other" && [[ $(cat "$err" "$scratch/one.err" | grep -c '^weir: building') == 1 ]] \
    && cmp -s "$out" "$scratch/one"
}
expect "after a change, of two starts at once one builds" two_at_once

gone_reader() { ./weir track --format csv "$sample" 2>"$err" | head -n 1 | grep -q '^flow_id,' && [[ ! -s $err ]]; }
expect "a reader that goes away is no error" gone_reader

missing_source() { run 1 ./weir track nothing.pcap && says '^weir: nothing.pcap: '; }
expect "a missing source is one line and status 1" missing_source

wrong_usage() { run 2 ./weir track --nonsense x && says '^weir: --nonsense: '; }
expect "wrong usage is one line and status 2" wrong_usage

# interrupted SIGNAL: while standard input is still open; of the background, which a script's shell has ignore SIGINT.
interrupted() {
  local writer tracker status
  mkfifo "$scratch/fifo.$1"
  { cat "$sample"; exec sleep 60; } >"$scratch/fifo.$1" &
  writer=$!
  ./weir track --format csv - <"$scratch/fifo.$1" >"$out" 2>"$err" &
  tracker=$!
  sleep 2
  kill "-$1" "$tracker"
  wait "$tracker"
  status=$?
  kill "$writer" 2>/dev/null
  wait "$writer" 2>/dev/null
  [[ $status == 130 ]] && says '^weir: interrupted: ' && (($(wc -l <"$out") > 1))
}
expect "SIGINT writes what is known, status 130" interrupted INT
expect "SIGTERM writes what is known, status 130" interrupted TERM

on_terminal() { script -qec "./weir track '$sample'" /dev/null >"$out" 2>"$err" </dev/null && grep -q 'START .*DESTINATION' "$out" && grep -q ' flows in ' "$out"; }
expect "on a terminal it prints a table and a summary" on_terminal

if [[ $EUID == 0 ]] && type -P setpriv >/dev/null; then
  other_user() { prints_flows setpriv --reuid=65534 --regid=65534 --clear-groups ./weir track "$sample" && [[ ! -s $err ]]; }
  expect "another user runs what the owner built" other_user
  not_writable() {
    touch cli/src/main/java/dev/weir/cli/Main.java
    run 1 setpriv --reuid=65534 --regid=65534 --clear-groups ./weir --version && says 'not writable'
  }
  expect "where nobody may build, one line says so" not_writable
fi
