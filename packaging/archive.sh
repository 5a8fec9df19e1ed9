#!/usr/bin/env bash
# Builds the archive of a release: `packaging/archive.sh TARGET OUT`. OUT gets recto-vVERSION-TARGET.tar.gz (.zip for
# Windows) with the program, its manual pages and its completions, and a file with its checksum, under the names by which
# `cargo binstall` looks for them.
set -euo pipefail

target=${1:?the Rust target}
out=${2:?the folder for the archive}
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
mkdir -p "$out"
out=$(cd "$out" && pwd)
cd "$root"
version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)
name="recto-v$version-$target"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
place="$work/$name"
mkdir "$place"

cargo build --profile dist --locked --bin recto --target "$target"
built="${CARGO_TARGET_DIR:-target}/$target/dist"
case $target in *-windows-*) program=recto.exe ;; *) program=recto ;; esac
cp "$built/$program" README.md CHANGELOG.md LICENSE-MIT LICENSE-APACHE NOTICE "$place"
mkdir "$place/man" "$place/completions"
"$built/$program" man > "$place/man/recto.1"
for command in $("$built/$program" man --list); do
  "$built/$program" man "$command" > "$place/man/recto-$command.1"
done
for shell in bash zsh fish elvish powershell; do
  "$built/$program" completions "$shell" > "$place/completions/recto.$shell"
done

cd "$work"
case $target in
  *-windows-*)
    archive="$name.zip"
    7z a -bso0 "$archive" "$name"
    ;;
  *)
    archive="$name.tar.gz"
    tar -czf "$archive" "$name"
    ;;
esac
if command -v sha256sum > /dev/null; then sum="sha256sum"; else sum="shasum -a 256"; fi
$sum "$archive" > "$archive.sha256"
mv "$archive" "$archive.sha256" "$out"
echo "$out/$archive"
