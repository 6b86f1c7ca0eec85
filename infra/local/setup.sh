#!/bin/sh
# Makes what a fresh machine lacks: .venv, node_modules, build/assets, a browser for the journeys.
# Called by make with the names of the steps; each is skipped when its stamp is newer than its source.
set -eu
cd "$(dirname "$0")/../.."

say() { printf '  %s\n' "$1"; }
stop() { printf '\n%s\n' "$1" >&2; exit 2; }

find_python() {
    for name in "${PYTHON:-}" python3.13 python3.12 python3.11 python3 python; do
        [ -n "$name" ] && command -v "$name" >/dev/null 2>&1 || continue
        if "$name" -c 'import sys, venv; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' \
            >/dev/null 2>&1; then
            printf '%s' "$name"
            return
        fi
    done
}

step_venv() {
    stamp=.venv/.installed
    if [ -x .venv/bin/python ] && [ -f "$stamp" ] && [ ! requirements-dev.txt -nt "$stamp" ]; then
        return
    fi
    if [ ! -x .venv/bin/python ]; then
        python=$(find_python)
        [ -n "$python" ] || stop "Songyun needs Python 3.11, 3.12 or 3.13 with its venv module: install it, then run make again."
        say "Making .venv with $($python --version) …"
        "$python" -m venv .venv || stop "The Python environment could not be made: install the venv module of your Python, then run make again."
    fi
    say "Installing the Python packages (some minutes the first time) …"
    .venv/bin/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements-dev.txt ||
        stop "The Python packages could not be installed: see pip's message above; a second 'make' goes on where this one stopped."
    touch "$stamp"
}

step_node() {
    stamp=node_modules/.installed
    if [ -f "$stamp" ] && [ ! package-lock.json -nt "$stamp" ]; then return; fi
    command -v node >/dev/null 2>&1 && command -v npm >/dev/null 2>&1 ||
        stop "Songyun needs Node.js 20 or newer with npm to build its pages: install it, then run make again."
    [ "$(node -p 'process.versions.node.split(".")[0] >= 20')" = true ] ||
        stop "Songyun needs Node.js 20 or newer, and this is $(node --version): install a newer one, then run make again."
    say "Installing the front-end packages …"
    npm ci --silent --no-audit --no-fund ||
        stop "The front-end packages could not be installed: see npm's message above."
    touch "$stamp"
}

# Pictures, styles, scripts and message catalogues: everything the pages are made from.
step_assets() {
    step_node
    stamp=build/assets/.built
    if [ -f "$stamp" ] && [ -z "$(find templates package.json infra/assets.py -newer "$stamp" -type f ! -name '*.mo' 2>/dev/null | head -n 1)" ]; then
        return
    fi
    say "Building the pages' assets …"
    mkdir -p build
    # Compiles the catalogues and runs `npm run build`.
    .venv/bin/python -m infra.assets >build/assets.log 2>&1 || {
        tail -n 15 build/assets.log >&2
        stop "The pages' assets could not be built: see the message above."
    }
    mkdir -p build/assets
    touch "$stamp"
}

step_browser() {
    for name in chromium chromium-browser google-chrome; do
        command -v "$name" >/dev/null 2>&1 && return
    done
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
        say "Installing a browser and Chinese fonts for the journeys …"
        apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium fonts-noto-cjk >/dev/null && return
    fi
    stop "The journeys need a browser: install Chromium (Debian: 'apt-get install chromium fonts-noto-cjk'), then run make test again."
}

for name in "$@"; do "step_$name"; done
