#!/bin/sh
# The health of what this container runs: exit code 0 or 1, and one line. The API is asked for /health. The worker, which has no port, is
# judged by the age of the file that it keeps as old as its last turn: no process of Node is started for it. Any other command has no health
# of its own and passes.
#
#   --ready            asks the API whether it is ready to serve (/api/health/ready) instead of whether it is alive
#   --worker           judges the worker without looking whether there is one: before it has begun it is not healthy
#   --end-when-stuck   kills a worker that had time to start and was unhealthy three times in a row, so that the restart policy of the
#                      container starts it again. Engines other than Kubernetes leave an unhealthy container alone. Needs an init process
#                      (`init: true`): process 1 cannot be killed from inside.
set -u

# As long as a heartbeat in the database: libs/worker-health/src/heartbeat-age.ts.
FRESH_FOR_SECONDS=20
TIME_TO_START_SECONDS=45
BAD_LOOKS=3

# Gives the number of a process of Node that runs a program. The words of a command line end with NUL.
find_program() {
  for file in $(grep -lzE "/$1(\.mjs)?\$" /proc/[0-9]*/cmdline 2>/dev/null); do
    if grep -qzE '(^|/)node$' "$file" 2>/dev/null; then
      file=${file#/proc/}
      echo "${file%/cmdline}"
      return
    fi
  done
}

# The distance in either direction: after the clock was set back, what lies ahead is as uncertain as what is long over.
judge_worker() {
  if ! at=$(stat -c %Y "$WORKER_HEARTBEAT_FILE" 2>/dev/null); then
    echo 'unhealthy: the worker has not begun, or was stopped'
    return 1
  fi
  age=$(($(date +%s) - at))
  if [ "$age" -gt "$FRESH_FOR_SECONDS" ] || [ "$age" -lt "-$FRESH_FOR_SECONDS" ]; then
    echo "unhealthy: the worker has finished nothing for ${age#-} s"
    return 1
  fi
  echo "healthy: the last turn of the worker was $age s ago"
}

# Seconds since a process has begun; proc(5) counts its beginning in hundredths of a second since the machine was started.
age_of() {
  read -r line < "/proc/$1/stat" && read -r up _ < /proc/uptime || return
  # Field 22; the name before it may hold blanks.
  set -- ${line##*) }
  shift 19
  echo $((${up%.*} - $1 / 100))
}

# Counts bad looks in a row from one run of this program to the next; true when they are enough, or cannot be counted.
is_stuck() {
  file="${TMPDIR:-/tmp}/zakops-worker-$1.bad-looks"
  if [ "$2" = 0 ]; then
    rm -f "$file"
    return 1
  fi
  looks=0
  [ -r "$file" ] && read -r looks < "$file"
  looks=$((looks + 1))
  if [ "$looks" -ge "$BAD_LOOKS" ]; then
    rm -f "$file"
    return 0
  fi
  ! { echo "$looks" > "$file"; } 2>/dev/null
}

here=$(dirname "$(readlink -f "$0")")
force=no
end=no
ready=
for option in "$@"; do
  case $option in
    --worker) force=yes ;;
    --end-when-stuck) end=yes ;;
    --ready) ready=--ready ;;
  esac
done

worker=
if [ "$force" = no ] || [ "$end" = yes ]; then worker=$(find_program zakops-worker); fi
if [ "$force" = no ] && [ -z "$worker" ]; then
  if [ -n "$(find_program zakops-api)" ]; then exec node "$here/api-health.mjs" $ready; fi
  echo 'no API and no worker here'
  exit 0
fi

# Where somebody has taken the setting away, by the heartbeat in the database.
if [ -n "${WORKER_HEARTBEAT_FILE:-}" ]; then judge_worker; else node "$here/zakops.mjs" worker-health; fi
code=$?
if [ "$end" = yes ] && [ -n "$worker" ] && [ "$(age_of "$worker")" -gt "$TIME_TO_START_SECONDS" ] && is_stuck "$worker" "$code"; then
  kill -9 "$worker"
fi
exit "$code"
