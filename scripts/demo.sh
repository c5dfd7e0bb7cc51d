#!/usr/bin/env bash
# Builds, and merges the demo network: pipelines/demo on fixtures/demo into out/.
source "$(dirname "$0")/common.sh"
scripts/setup.sh build

say "building (release)"
cargo build "${cargo_flags[@]}" --release

say "mutirao run pipelines/demo/pipeline.yaml --out out --overwrite"
"$target/release/mutirao" run pipelines/demo/pipeline.yaml --out out --overwrite
