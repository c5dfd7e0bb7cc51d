#!/usr/bin/env bash
# Measures: `bench.sh` with SIZE=S (M, L), and what else `benches/README.md` says. Builds and generates what is missing.
source "$(dirname "$0")/common.sh"

declare -A sides=([S]=8192 [M]=24576 [L]=61440)
SIZE=${SIZE:-S}
side=${sides[$SIZE]-}
[ -n "$side" ] || fail "SIZE=$SIZE is none of S, M, L"
folder=${BENCH_DIR:-$target/bench}/$SIZE

python_for_benches() {
  local python wanted
  wanted=$(sha256sum <benches/requirements.txt)
  if [ "$(cat .venv-bench/made-for 2>/dev/null)" != "$wanted" ]; then
    say "Python environment: .venv-bench from benches/requirements.txt"
    python=$(find_python) || fail "no Python 3.11 or later that can make a virtual environment"
    "$python" -m venv --clear .venv-bench
    .venv-bench/bin/pip install -q --disable-pip-version-check -r benches/requirements.txt ||
      .venv-bench/bin/pip install -q --disable-pip-version-check -r benches/requirements.txt
    printf '%s\n' "$wanted" >.venv-bench/made-for
  fi
}

# GDAL=, else the `gdal` of 3.12 or later that is on the path, else the folder of the programs of before (Debian's).
find_gdal() {
  local gdal version major minor
  if [ -n "${GDAL-}" ]; then
    printf '%s\n' "$GDAL"
    return
  fi
  if gdal=$(command -v gdal); then
    version=$("$gdal" --version | sed -n 's/^GDAL \([0-9]*\)\.\([0-9]*\).*/\1 \2/p')
    read -r major minor <<<"$version"
    if [ "${major:-0}" -gt 3 ] || { [ "${major:-0}" -eq 3 ] && [ "${minor:-0}" -ge 12 ]; }; then
      printf '%s\n' "$gdal"
      return
    fi
  fi
  command -v gdalbuildvrt gdal_polygonize.py >/dev/null ||
    apt_install "GDAL's programs, which runs are measured against" gdal-bin >&2 || fail "gdal-bin cannot be installed"
  printf 'note: no GDAL 3.12 here, so an older one is measured; say GDAL=path/of/gdal\n' >&2
  dirname "$(command -v gdalbuildvrt)"
}

scripts/setup.sh build
[ -x /usr/bin/time ] || apt_install "GNU time, which tells what a process cost" time || fail "no /usr/bin/time"
python_for_benches
say "release build"
cargo build "${cargo_flags[@]}" --release -p mutirao -p mutirao-door -p mutirao-floor

if [ ! -e "$folder/made" ]; then
  say "workload $SIZE into $folder"
  .venv-bench/bin/python benches/compare/generate.py "$folder" "$side"
  touch "$folder/made"
fi

[ "$SIZE" = L ] && usual_pairs=1 || usual_pairs=3
arguments=("$folder" --programs "$target/release" --pairs "${PAIRS:-$usual_pairs}" --threads "${THREADS:-2}" --note "${NOTE-}")
if [ "$SIZE" = L ]; then
  # Large is for memory: once, without the peers, which would take an hour.
  : "${PARTS:=whole}" "${VARIANTS:=deflate,full}"
else
  gdal=$(find_gdal)
  arguments+=(--gdal "$gdal")
fi
[ -z "${PARTS-}" ] || arguments+=(--parts "$PARTS")
[ -z "${VARIANTS-}" ] || arguments+=(--variants "$VARIANTS")
[ -z "${MEMORY-}" ] || arguments+=(--memory "$MEMORY")
[ -z "${RESULTS-}" ] || arguments+=(--results "$RESULTS")
say "measuring"
.venv-bench/bin/python benches/compare/compare.py "${arguments[@]}"
