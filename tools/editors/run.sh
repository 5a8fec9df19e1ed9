#!/usr/bin/env bash
# Drives `recto lsp` from the real editors that are installed: tools/editors/run.sh [PATH_OF_RECTO]
#
# Debian has them: apt-get install neovim emacs-nox elpa-eglot elpa-markdown-mode
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
RECTO=$(realpath "${1:-$here/../../target/debug/recto}")
export RECTO
failed=0
ran=0

# A work in two versions, with a misspelling and mojibake in the long one, and a file with a link to it.
folder() {
  FOLDER=$(mktemp -d)
  export FOLDER
  cat > "$FOLDER/long.md" <<'TEXT'
# Tides

### 1. What moves the tide?

The moon does, and the harbour recieves it.

### 2. When is slack water?

Between two tides. It doesnâ€™t last.

### 3. Who reads the gauge?

The keeper.
TEXT
  cat > "$FOLDER/short.md" <<'TEXT'
# Tides, short

### 1. What moves the tide?

The moon.

### 2. When is slack water?

Between tides.

### 3. Who reads the gauge?

The keeper.
TEXT
  printf 'See [the first](long.md#1-what-moves-the-tide).\n' > "$FOLDER/links.md"
  cat > "$FOLDER/recto.toml" <<'TEXT'
[[work]]
name = "tides"
versions = [{ role = "long", files = ["long.md"] }, { role = "summary", files = ["short.md"] }]
TEXT
}

drive() {
  local name=$1
  shift
  if ! command -v "$1" > /dev/null; then
    echo "$name: not installed, skipped"
    return
  fi
  folder
  ran=$((ran + 1))
  if ! timeout 300 "$@" 2>&1 < /dev/null; then
    echo "$name: failed"
    failed=1
  fi
  echo
  rm -rf "$FOLDER"
}

drive nvim nvim --headless -u NONE -i NONE -c "luafile $here/nvim.lua"
drive emacs emacs --batch -l "$here/eglot.el"
echo "$ran editors were driven"
exit "$failed"
