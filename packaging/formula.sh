#!/usr/bin/env bash
# Prints the Homebrew formula of a release: `packaging/formula.sh VERSION FOLDER`. FOLDER holds the checksum files.
set -euo pipefail

version=${1:?the version, such as 0.1.0}
folder=${2:?the folder of the .sha256 files}
formula=$(cat "$(dirname "${BASH_SOURCE[0]}")/recto.rb")
formula=${formula//@VERSION@/$version}
for target in aarch64-apple-darwin x86_64-apple-darwin aarch64-unknown-linux-musl x86_64-unknown-linux-musl; do
  sum=$(cut -d ' ' -f 1 "$folder/recto-v$version-$target.tar.gz.sha256")
  formula=${formula//@$target@/$sum}
done
printf '%s\n' "$formula"
