#!/usr/bin/env bash
# Make .venv and bring it up to the pins. A stamp holds what was installed, so an unchanged
# environment costs nothing.
#   scripts/install.sh        what `make run` needs
#   scripts/install.sh dev    and the tools of `make test` and `make check`
set -euo pipefail
cd "$(dirname "$0")/.."

python=.venv/bin/python
log=.venv/install.log

find_python() {
  local candidate
  for candidate in ${PYTHON:+"$PYTHON"} python3 python3.11 python3.12 python3.13; do
    if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      echo "$candidate"
      return
    fi
  done
  echo "error: Python 3.11 or newer is needed, and none was found." >&2
  echo "Install one, or say where it is: make run PYTHON=/path/to/python3.11" >&2
  return 1
}

make_venv() {
  local chosen output
  chosen=$(find_python)
  echo "Making .venv with $("$chosen" --version)"
  rm -rf .venv
  if ! output=$("$chosen" -m venv .venv 2>&1); then
    rm -rf .venv
    printf '%s\nerror: .venv could not be made (on Debian: apt-get install python3-venv).\n' "$output" >&2
    return 1
  fi
}

# One line a package: overwritten on a terminal, a dozen lines elsewhere.
show_progress() {
  local is_terminal=0
  [[ -t 1 ]] && is_terminal=1
  awk -v terminal="$is_terminal" '
    /^Collecting /           { n++; if (terminal) printf "\r\033[K  %d: %s", n, $2
                               else if (n % 10 == 1) printf "  %d: %s ...\n", n, $2; fflush() }
    /^Installing collected / { printf (terminal ? "\r\033[K  unpacking\n" : "  unpacking\n"); fflush() }'
}

install() { # stamp-name requirement-file...
  local stamp=.venv/installed-$1 wanted
  shift
  wanted=$(cat "$@" constraints.txt | cksum)
  [[ -f $stamp && $(<"$stamp") == "$wanted" ]] && return
  echo "Installing $* (log: $log)"
  if ! "$python" -m pip install --disable-pip-version-check --no-input --progress-bar off \
    "${@/#/-r}" -c constraints.txt 2>&1 | tee "$log" | show_progress; then
    grep '^ERROR' "$log" >&2 || tail -n 15 "$log" >&2
    echo "error: the installation failed; all of it is in $log. Check the network and try again." >&2
    return 1
  fi
  echo "$wanted" >"$stamp"
}

# The wheels need a few libraries that a bare system lacks; say which before the first start.
check_libraries() {
  local stamp=.venv/libraries-found output
  [[ -f $stamp ]] && return
  if ! output=$("$python" -c 'import cv2; from mediapipe.tasks.python import vision' 2>&1); then
    printf '%s\nerror: a system library is missing. On Debian or Ubuntu:\n' "$(tail -n 1 <<<"$output")" >&2
    echo "  sudo apt-get install $(tr '\n' ' ' <packages.txt)" >&2
    return 1
  fi
  touch "$stamp"
}

# rembg's matting library compiles itself at its first import; later starts find the result.
compile_once() {
  local stamp=.venv/matting-compiled
  [[ -f $stamp && ! .venv/installed-run -nt $stamp ]] && return
  echo "Compiling the matting library, once (about a minute)"
  if ! "$python" -c 'import rembg' >>"$log" 2>&1; then
    tail -n 5 "$log" >&2
    echo "error: the matting library cannot be imported; all of it is in $log." >&2
    return 1
  fi
  touch "$stamp"
}

"$python" -c '' 2>/dev/null || make_venv
install run requirements.txt
[[ ${1:-} != dev ]] || install dev requirements-scale.txt requirements-dev.txt
check_libraries
compile_once
