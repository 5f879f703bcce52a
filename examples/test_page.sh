#!/usr/bin/env bash
# A report of the judge in a real browser: at the width of a desktop and of a phone.
# Arguments: the page, a folder for the pictures, texts that the page must have.
set -euo pipefail
page=$(realpath "$1")
out=$(realpath "$2")
shift 2
profile=$(mktemp -d)
trap 'rm -rf "$profile"' EXIT
browser() {
    timeout -k 5 120 chromium --headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking \
        --disable-component-update --disable-sync --hide-scrollbars --user-data-dir="$profile" "$@" "file://$page" 2> /dev/null
}

browser --dump-dom > "$out/dom.html"
for text in "$@" "all as expected" "not allowed" "RTE" "MLE" "<summary>"; do
    grep -qF "$text" "$out/dom.html" || { echo "the page does not show: $text" >&2; exit 1; }
done
! grep -qi '<script' "$out/dom.html" || { echo "the page has a script" >&2; exit 1; }
browser --window-size=1280,1600 --screenshot="$out/desktop.png"
browser --window-size=500,1600 --screenshot="$out/phone.png"

# Without a library for pictures: the rows of pixels, unpacked. Text on paper has many colours in many rows.
python3 - "$out/desktop.png" "$out/phone.png" <<'END_OF_PYTHON'
import struct, sys, zlib
for path in sys.argv[1:]:
    raw = open(path, "rb").read()
    assert raw[:8] == b"\x89PNG\r\n\x1a\n", path
    width, height = struct.unpack(">II", raw[16:24])
    at, packed = 8, b""
    while at < len(raw):
        n, kind = struct.unpack(">I4s", raw[at:at + 8])
        packed += raw[at + 8:at + 8 + n] if kind == b"IDAT" else b""
        at += n + 12
    lines = zlib.decompress(packed)
    stride = len(lines) // height
    rows = {lines[i * stride:(i + 1) * stride] for i in range(height)}
    assert len(rows) > height // 8, f"{path} is blank: {len(rows)} different rows of {height}"
    print(f"{path.rsplit('/', 1)[1]}: {width} x {height}, {len(rows)} different rows")
END_OF_PYTHON
