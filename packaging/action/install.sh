#!/usr/bin/env bash
# Downloads a release of recto, checks it against its published checksum, and puts it on the path.
#
# RECTO_VERSION is the release; by default that of Cargo.toml beside this action. RECTO_RELEASES is the address of the
# releases.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
version=${RECTO_VERSION:-}
[ -n "$version" ] || version=$(sed -n 's/^version = "\(.*\)"/\1/p' "$here/Cargo.toml" | head -n 1)
version=${version#v}
releases=${RECTO_RELEASES:-https://github.com/recto-lint/recto/releases/download}

case "$(uname -s)-$(uname -m)" in
  # The program for musl is static, so it runs on every Linux.
  Linux-x86_64) target=x86_64-unknown-linux-musl ;;
  Linux-aarch64 | Linux-arm64) target=aarch64-unknown-linux-musl ;;
  Darwin-x86_64) target=x86_64-apple-darwin ;;
  Darwin-arm64) target=aarch64-apple-darwin ;;
  MINGW*-* | MSYS*-* | CYGWIN*-*) target=x86_64-pc-windows-msvc ;;
  *)
    echo "::error::there is no release of recto for $(uname -s) on $(uname -m)"
    exit 2
    ;;
esac
case $target in *-windows-*) ending=zip ;; *) ending=tar.gz ;; esac
name="recto-v$version-$target"
folder="${RUNNER_TEMP:-/tmp}/recto-$version"
mkdir -p "$folder"

for file in "$name.$ending" "$name.$ending.sha256"; do
  if ! curl --fail --silent --show-error --location --retry 3 --output "$folder/$file" "$releases/v$version/$file"; then
    echo "::error::cannot download $releases/v$version/$file"
    exit 2
  fi
done
# The checksum file names the archive, so it is checked where the archive is.
cd "$folder"
if command -v sha256sum > /dev/null; then sum="sha256sum"; else sum="shasum -a 256"; fi
if ! $sum --check --status "$name.$ending.sha256"; then
  echo "::error::$name.$ending is not what its checksum says: it was not run"
  exit 2
fi
case $ending in
  zip) unzip -q -o "$name.$ending" ;;
  *) tar -xzf "$name.$ending" ;;
esac
echo "$folder/$name" >> "$GITHUB_PATH"
echo "version=$version" >> "$GITHUB_OUTPUT"
"$folder/$name/recto" --version
