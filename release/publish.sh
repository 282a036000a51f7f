#!/usr/bin/env bash
# publish.sh <tag>: makes the release of a tag that exists, with its section of the changelog. Needs gh and GH_TOKEN.
set -euo pipefail
cd "$(dirname "$0")/.."

tag=${1:?usage: publish.sh <tag>}
options=(--verify-tag --title "$tag" --notes-file -)
# A version with a hyphen, such as v1.2.3-rc.1, comes before the release of its name.
[[ "$tag" != *-* ]] || options+=(--prerelease)

notes=$(bash release/changelog-section.sh "${tag#v}")
gh release create "$tag" "${options[@]}" <<< "$notes"
