#!/usr/bin/env bash
# Looks at the HTML pages in a browser: writes sample pages with the test program given, takes
# screenshots in light and dark and of a phone's width, prints one, and checks what is to be seen.
# Exit code 77, which ctest shows as skipped, where there is no Chromium.
#
#   scripts/test-report.sh build/dev/report_test [FOLDER]   the pages and pictures stay in FOLDER
set -euo pipefail
cd "$(dirname "$0")/.."

program=$1
browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)
if [[ -z $browser ]]; then
  echo "test-report: SKIPPED: no Chromium on PATH (scripts/setup.sh --checks installs it)" >&2
  exit 77
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
pages=${2:-$work/pages}
mkdir -p "$pages"
pages=$(realpath "$pages")
WEFT_REPORT_PAGES=$pages "$program" '[.pages]' >/dev/null

browse() {
  timeout 60 "$browser" --headless --no-sandbox --disable-gpu --hide-scrollbars --no-first-run \
    --disable-background-networking --disable-component-update --disable-sync \
    --user-data-dir="$work/profile" "$@" >/dev/null 2>"$work/log" ||
    { cat "$work/log" >&2; echo "test-report: the browser failed" >&2; exit 1; }
}
shot() { # NAME PAGE WIDTH HEIGHT [FLAG...]
  browse --window-size="$3,$4" "${@:5}" --screenshot="$pages/$1.png" "file://$pages/$2.html"
}

shot run-light run 1200 1200
shot run-dark run 1200 760 --blink-settings=preferredColorScheme=0
shot run-narrow run 520 1400
shot comparison-light comparison 1200 1900
browse --no-pdf-header-footer --print-to-pdf="$pages/run.pdf" "file://$pages/run.html"

scripts/check-pages.py "$pages"
