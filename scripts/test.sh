#!/usr/bin/env bash
# All tests, and all that they need. The last lines say how many ran.
source "$(dirname "$0")/common.sh"
scripts/setup.sh test
export CARGO_TERM_COLOR=never # the counts are read from the logs
logs=$target/test-logs
mkdir -p "$logs"

say "building (workspace, all targets)"
cargo build "${cargo_flags[@]}" --workspace --all-targets

if cargo nextest --version >/dev/null 2>&1; then
  say "Rust tests (nextest)"
  cargo nextest run "${cargo_flags[@]}" --workspace --all-targets 2>&1 | tee "$logs/rust"
  counted=$(grep -E '^ +Summary' "$logs/rust" | tail -n 1)
else
  say "Rust tests (cargo test; cargo-nextest is not here)"
  cargo test "${cargo_flags[@]}" --workspace --all-targets 2>&1 | tee "$logs/rust"
  counted=$(awk '/^test result:/ { passed += $4; failed += $6; ignored += $8 }
    END { printf "%d passed, %d failed, %d ignored", passed, failed, ignored }' "$logs/rust")
fi

say "examples in the documentation"
cargo test "${cargo_flags[@]}" --workspace --doc 2>&1 | tee "$logs/doc"
documented=$(awk '/^test result:/ { passed += $4; failed += $6 } END { printf "%d passed, %d failed", passed, failed }' "$logs/doc")

say "the tools of others (pytest)"
MUTIRAO_TARGET=$target .venv/bin/python -m pytest tests/python -ra 2>&1 | tee "$logs/python"

say "all tests passed"
printf 'Rust           %s\n' "$(sed 's/^ *//' <<<"$counted")"
printf 'documentation  %s\n' "$documented"
printf 'Python         %s\n' "$(tail -n 1 "$logs/python" | tr -d '=' | sed 's/^ *//; s/ *$//')"
