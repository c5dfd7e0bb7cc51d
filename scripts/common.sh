# Sourced by the other scripts: the root of the project, talk, Debian's packages, and where cargo builds.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
root=$PWD
export PATH="$PATH:${CARGO_HOME:-$HOME/.cargo}/bin"
target=${CARGO_TARGET_DIR:-$root/target}

# The lock file is what was tested; CARGO_FLAGS= lifts that while dependencies change.
read -r -a cargo_flags <<<"${CARGO_FLAGS---locked}"

say() { printf '\n== %s\n' "$*"; }
fail() {
  printf 'error: %s\n' "$*" >&2
  exit 4
}

# apt_install WHY PACKAGE...: tries again, as apt fails where two of it meet or a mirror stumbles.
apt_install() {
  local why=$1 as_root=() try
  shift
  say "installing with apt: $* ($why)"
  command -v apt-get >/dev/null || fail "no apt-get here. Install what Debian calls $* by your system's means, then run this again"
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || fail "$* must be installed, and this is neither root nor a user with sudo"
    as_root=(sudo)
  fi
  for try in 1 2 3; do
    "${as_root[@]}" apt-get update -q || true # the lists at hand may do
    if "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@"; then
      return 0
    fi
    printf 'apt failed, try %s of 3\n' "$try" >&2
    sleep $((try * 5))
  done
  return 1
}

# A Python that can make a virtual environment.
find_python() {
  local candidate
  for candidate in python3 /usr/bin/python3; do
    if "$candidate" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      printf '%s\n' "$candidate"
      return 0
    fi
  done
  return 1
}
