#!/usr/bin/env bash
# Runs recto for the action: annotations, a job summary, the number of findings and, if wanted, a SARIF file.
set -euo pipefail

paths=()
while IFS= read -r path; do
  [ -z "$path" ] || paths+=("$path")
done <<< "${RECTO_PATHS:-.}"
# Split at spaces on purpose: it is a list of arguments.
read -r -a args <<< "${RECTO_ARGS:-}"

since=${RECTO_SINCE:-}
if [ -z "$since" ] && [[ ${GITHUB_EVENT_NAME:-} == pull_request* ]]; then
  # The host checks out a merge commit, whose first parent is the branch that the change is merged into.
  if [ "$(git rev-parse --is-shallow-repository)" = true ] && ! git rev-parse --quiet --verify "HEAD^1" > /dev/null; then
    git fetch --quiet --no-tags --depth=2 origin "+$(git rev-parse HEAD)" || true
  fi
  if git rev-parse --quiet --verify "HEAD^2" > /dev/null; then
    since="HEAD^1"
  else
    since="origin/${GITHUB_BASE_REF:?}"
  fi
fi
[ -z "$since" ] || [ "$since" = none ] || args+=(--since "$since")

# The findings as JSON carry their number; the annotations are what the host shows beside the lines.
report="${RUNNER_TEMP:-/tmp}/recto-report.json"
code=0
recto check --output-format json --output-file "$report" --quiet "${args[@]}" -- "${paths[@]}" || code=$?
[ "$code" -lt 2 ] || exit "$code"
echo "findings=$(sed -n 's/.*"summary":{[^}]*"findings":\([0-9]*\).*/\1/p' "$report" | head -n 1)" >> "$GITHUB_OUTPUT"
if [ -n "${RECTO_SARIF:-}" ]; then
  recto check --output-format sarif --output-file "$RECTO_SARIF" --quiet --exit-zero "${args[@]}" -- "${paths[@]}"
  echo "sarif=$RECTO_SARIF" >> "$GITHUB_OUTPUT"
fi
if [ -n "${GITHUB_STEP_SUMMARY:-}" ]; then
  recto check --output-format markdown --quiet --exit-zero "${args[@]}" -- "${paths[@]}" >> "$GITHUB_STEP_SUMMARY"
fi
recto check --output-format github "${args[@]}" -- "${paths[@]}"
