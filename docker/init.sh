#!/bin/sh
# PID 1 of a container that runs commands and gets no init from outside: `sh init.sh node …`. It collects the orphans of
# commands, passes SIGTERM on also while node starts, and ends as node does: with it all that is left in the container.
child=
trap '[ -z "$child" ] || kill -TERM "$child" 2>/dev/null; stopping=1' TERM INT
"$@" &
child=$!
[ -z "$stopping" ] || kill -TERM "$child"
while :; do
  wait "$child"
  code=$?
  # A signal ends the wait as well.
  kill -0 "$child" 2>/dev/null || exit "$code"
done
