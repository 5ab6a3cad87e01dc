#!/bin/bash
# What action.yml runs: start (plan, apply or propose, as MODE says) and apply. Everything it takes comes by the environment, so that no input becomes shell.
set -euo pipefail
littoral() { ${LITTORAL:-npx --yes "littoral@$VERSION"} "$@"; }

words=()
for one in $APP; do words+=(--app "$one"); done
words+=(--fleet "$FLEET")
out=littoral-out

# Holds the lock against the promises; its text goes to a file. Prints the exit code.
promises() {
  [ -z "$PROMISES" ] && echo 0 && return
  littoral check "$PROMISES" "${words[@]}" --decision "$LOCK" --format markdown >"$1" && echo 0 || echo $?
}

is_fork() {
  node -e 'const { pull_request: p } = require(process.env.GITHUB_EVENT_PATH);
    process.exit(p?.head?.repo?.full_name === process.env.GITHUB_REPOSITORY ? 1 : 0)'
}

plan() {
  mkdir -p "$out"
  littoral place "${words[@]}" --locked "$LOCK" --format markdown --report "$out/report.html" >"$out/comment.md"
  local kept
  kept=$(promises "$out/promises.md")
  [ -s "$out/promises.md" ] && { printf '\n'; cat "$out/promises.md"; } >>"$out/comment.md"
  # A job of a fork has no credentials, so there are no clusters to look at.
  local planned=()
  if ! is_fork; then
    local code=0
    littoral plan "${words[@]}" --decision "$LOCK" -o "$out/plan.json" >"$out/plan.txt" || code=$?
    # 10: there is something to do, which is what a plan is for.
    if [ "$code" != 0 ] && [ "$code" != 10 ]; then cat "$out/plan.txt"; exit "$code"; fi
    printf '\n<details><summary>Plan</summary>\n\n```\n%s\n```\n\n</details>\n' "$(cat "$out/plan.txt")" >>"$out/comment.md"
    planned=(--plan "$out/plan.json")
  fi
  littoral pull-request comment "$out/comment.md" "${planned[@]}" --name "$NAME"
  exit "$kept"
}

propose() {
  mkdir -p "$out"
  local code=0
  littoral place "${words[@]}" --check "$LOCK" >"$out/check.txt" || code=$?
  cat "$out/check.txt"
  if [ "$code" = 0 ]; then
    littoral pull-request withdraw --name "$NAME"
    exit 0
  fi
  [ "$code" = 10 ] || exit "$code"
  cp "$LOCK" "$out/before.json"
  littoral place "${words[@]}" --previous "$LOCK" -o "$LOCK" --format markdown --report "$out/report.html" >"$out/body.md"
  local kept
  kept=$(promises "$out/promises.md")
  if [ "$kept" != 0 ]; then
    cp "$out/before.json" "$LOCK"
    cat "$out/promises.md"
    exit "$kept"
  fi
  [ -s "$out/promises.md" ] && { printf '\n'; cat "$out/promises.md"; } >>"$out/body.md"
  littoral pull-request propose "$LOCK" --title "New placement: $NAME" --body "$out/body.md" --base "$GITHUB_REF_NAME" --name "$NAME"
}

apply() {
  local kept
  kept=$(promises "$out/promises.md")
  [ "$kept" = 0 ] || { cat "$out/promises.md"; exit "$kept"; }
  littoral pull-request reviewed --plan "$out/plan.json" --name "$NAME"
  # Another merge may have brought another lock since.
  node -e 'const read = (file) => JSON.parse(require("fs").readFileSync(file, "utf8"));
    if (read(process.argv[1]).decision.digest === read(process.argv[2]).digest) process.exit(0);
    console.error("the reviewed plan is of another lock than the one that was merged");
    process.exit(4)' "$out/plan.json" "$LOCK"
  littoral apply "$out/plan.json"
}

case "$1 ${MODE:-}" in
  'start plan') plan ;;
  'start propose') propose ;;
  'start apply') littoral pull-request reviewed --name "$NAME" >>"$GITHUB_OUTPUT" ;;
  apply*) apply ;;
  *) echo "mode is '${MODE:-}', expected plan, apply or propose" >&2; exit 2 ;;
esac
