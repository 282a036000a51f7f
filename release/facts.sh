#!/usr/bin/env bash
# facts.sh <tag>: refuses a tag that is not what the checkout says of itself, and prints what a build has to know, as name=value lines.
set -euo pipefail
cd "$(dirname "$0")/.."

tag=${1:?usage: facts.sh <tag>}
version=${tag#v}
# https://semver.org, without build metadata: a plus sign is no part of an image tag.
[[ "$tag" =~ ^v(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)(-[0-9A-Za-z.-]+)?$ ]] || {
  echo "$tag is no version: it has to look like v1.2.3 or v1.2.3-rc.1" >&2
  exit 1
}

says() {
  [ "$2" = "$version" ] || {
    echo "$1 says $2, and the tag says $version" >&2
    exit 1
  }
}
says package.json "$(sed -n 's/^  "version": "\(.*\)",$/\1/p' package.json)"
says k8s/base/kustomization.yaml "$(sed -n 's/^ *newTag: //p' k8s/base/kustomization.yaml)"
bash release/changelog-section.sh "$version" > /dev/null

echo "version=$version"
echo "build_time=$(date -u +%Y-%m-%dT%H:%M:%SZ)"
