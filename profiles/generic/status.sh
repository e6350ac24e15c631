#!/bin/sh
# Print running, success or failed for one job of Grid Engine.
# Usage: status.sh JOB
if qstat -j "$1" >/dev/null 2>&1; then
  echo running
  exit
fi
# Gone from the queue: the accounting knows how it ended, a few seconds later.
for _ in 1 2 3 4 5 6; do
  if record=$(qacct -j "$1" 2>/dev/null); then
    if echo "$record" | grep -Eq '^exit_status +0 *$' && echo "$record" | grep -Eq '^failed +0 *$'; then
      echo success
    else
      echo failed
    fi
    exit
  fi
  sleep 5
done
echo failed
