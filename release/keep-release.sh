#!/usr/bin/env bash
# Keeps a release in compiled form, for the tests of the next one: test/upgrade starts it beside the code of the checkout, on the same
# database. Run it when a release is made, commit the file, and remove those that no supported upgrade starts from:
#   release/keep-release.sh <version> [<git ref>, by default v<version>]
# The archive holds what runs in production and nothing else: no source maps, no tests, no packages. Those of the checkout are used.
set -euo pipefail
cd "$(dirname "$0")/.."
version=${1:?usage: release/keep-release.sh <version> [<git ref>]}
ref=${2:-v$version}
out=test/upgrade/releases/$version.tgz
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

git archive --format=tar "$ref" | tar -x -C "$work"
ln -s "$PWD/node_modules" "$work/node_modules"
(cd "$work" && PATH="$PWD/node_modules/.bin:$PATH" nest build api)
keep=$work/keep
mkdir "$keep"
(cd "$work/dist" && find . -name '*.map' -delete && rm -rf bench docs apps/launcher libs/testing libs/embedded-postgres)
mv "$work/dist" "$keep/dist"
VERSION=$version node -e '
  const { type, imports } = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
  console.log(JSON.stringify({ name: "zakops-backend", version: process.env.VERSION, private: true, type, imports }, null, 2));
' <"$work/package.json" >"$keep/package.json"
mkdir -p "$(dirname "$out")"
# The same commit gives the same bytes.
tar -C "$keep" --sort=name --mtime="$(git log -1 --format=%cI "$ref")" --owner=0 --group=0 --numeric-owner -c . | gzip -n9 >"$out"
printf '%s: %s bytes\n' "$out" "$(stat -c %s "$out")"
