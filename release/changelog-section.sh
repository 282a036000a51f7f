#!/usr/bin/env bash
# changelog-section.sh <version> [file]: prints what CHANGELOG.md says of a version, without its heading. Exit code 1 when it says nothing.
set -euo pipefail

version=${1:?usage: changelog-section.sh <version> [file]}
file=${2:-$(dirname "$0")/../CHANGELOG.md}

section=$(awk -v heading="## [$version]" '
  index($0, "## ") == 1 { inside = index($0, heading) == 1; next }
  inside && /^\[[^]]+\]: / { next }
  inside { print }
' "$file")
# Command substitution has taken the empty lines at the end; those at the beginning go here.
section=$(sed '/./,$!d' <<< "$section")

[ -n "$section" ] || {
  echo "CHANGELOG.md says nothing of $version" >&2
  exit 1
}
echo "$section"
