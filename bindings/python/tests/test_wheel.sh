#!/usr/bin/env bash
# Installs what was built into fresh virtual environments, without a network, and uses it there.
# Arguments: the Python to use, the build folder.
set -euo pipefail
python=$1
build=$(cd "$2" && pwd)
here=$(cd "$(dirname "$0")/.." && pwd)
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
unset PYTHONPATH GOSANDBOX_LIBRARY LD_LIBRARY_PATH

use() { # VENV LABEL: the package in it works, with the library that is in it
    (cd / && "$1/bin/python" -I - "$1" "$2") <<'END'
import os, sys
import gosandbox as gs
venv, label = sys.argv[1:]
r = gs.run(["/bin/echo", "hello"], stdout=gs.Capture(), limits=gs.Limits(wall=20), check=True)
assert r.stdout == b"hello\n", r
mapped = {line.split()[-1] for line in open("/proc/self/maps") if "libgosandbox" in line}
assert mapped and all(os.path.realpath(p).startswith(os.path.realpath(venv) + os.sep) for p in mapped), mapped
assert os.path.exists(os.path.join(os.path.dirname(gs.__file__), "py.typed"))
print(f"{label}: works, {mapped.pop()}")
END
    (cd / && "$1/bin/gosandbox" run --json --wall 20 -- true 2>/dev/null)
    (cd / && "$1/bin/python" -m gosandbox features --json > /dev/null)
}

"$python" -m venv "$tmp/wheel"
"$tmp/wheel/bin/pip" install -q --disable-pip-version-check --no-index "$build"/wheel/gosandbox-*.whl
use "$tmp/wheel" "the wheel"
"$tmp/wheel/bin/pip" uninstall -q -y gosandbox
[ -z "$(find "$tmp/wheel" -name '*gosandbox*')" ] || { echo "uninstalling left files" >&2; exit 1; }

"$python" -m venv "$tmp/tree"
"$tmp/tree/bin/pip" install -q --disable-pip-version-check --no-index "$here"
use "$tmp/tree" "the source tree"

tar -tzf "$build"/wheel/gosandbox-*.tar.gz > "$tmp/list"
grep -q '/native/capi/main.go$' "$tmp/list"
echo "passed"
