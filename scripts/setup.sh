#!/usr/bin/env bash
# Installs what is missing, and nothing that is there: `setup.sh build` for a build, `setup.sh test` for the tests too.
source "$(dirname "$0")/common.sh"

for_build() {
  command -v cargo >/dev/null || fail "no cargo. Install Rust 1.95 or later from https://rustup.rs, then run this again"
  command -v cc >/dev/null ||
    apt_install "a C compiler and linker, for the codecs and for linking" gcc libc6-dev || fail "no C compiler"
  if ! { command -v pkg-config >/dev/null && pkg-config --exists gdal; }; then
    apt_install "GDAL, for mutirao-door, which reads foreign formats and answers questions about CRSs" \
      libgdal-dev pkg-config || fail "libgdal-dev cannot be installed"
  fi
}

for_tests() {
  local python wanted
  if ! python=$(find_python); then
    apt_install "Python and its venv, for the tests with the tools of others" python3 python3-venv ||
      fail "python3-venv cannot be installed"
    python=$(find_python) || fail "no Python 3.11 or later that can make a virtual environment"
  fi
  # Kept until requirements.txt or Python changes.
  wanted="$("$python" --version) $(sha256sum <tests/python/requirements.txt)"
  if [ "$(cat .venv/made-for 2>/dev/null)" != "$wanted" ]; then
    say "Python environment: .venv from tests/python/requirements.txt"
    "$python" -m venv --clear .venv
    .venv/bin/pip install -q --disable-pip-version-check -r tests/python/requirements.txt ||
      .venv/bin/pip install -q --disable-pip-version-check -r tests/python/requirements.txt
    printf '%s\n' "$wanted" >.venv/made-for
  fi
  if ! /usr/bin/python3 -c 'import osgeo_utils.samples.validate_cloud_optimized_geotiff' 2>/dev/null; then
    apt_install "GDAL's own validator of Cloud-Optimized GeoTIFFs, a judge of our outputs" python3-gdal ||
      printf 'warning: no python3-gdal; the tests with that validator will be skipped\n' >&2
  fi
}

case ${1-} in
  build) for_build ;;
  test)
    for_build
    for_tests
    ;;
  *) fail "usage: setup.sh build|test" ;;
esac
