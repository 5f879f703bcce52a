"""Builds the wheel and the source archive, with nothing but the standard library, so that an installation downloads
nothing. A build backend (PEP 517, PEP 660), and a command: `gosandbox_build.py wheel|sdist DIRECTORY`."""

import base64
import gzip
import hashlib
import io
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import time
import zipfile
from pathlib import Path
from typing import Any, Dict, Iterator, List, Optional, Tuple

HERE = Path(__file__).resolve().parent.parent
NAME = "gosandbox"
LIBRARY = "libgosandbox.so"
# What a source archive needs of the tree beside this folder, to build the library.
NATIVE = ["Makefile", "LICENSE", "go.mod", "go.sum", "include", "capi", "core", "tracee", "tracer", "internal",
          "tests/tools.sh", "examples/c/sources.mk"]


def root() -> Path:
    """The source tree of the library: around this folder, or inside of it in a source archive."""
    around = HERE.parent.parent
    return around if (around / "include" / "sandbox.h").exists() else HERE / "native"


def version() -> str:
    text = (HERE / NAME / "_abi.py").read_text()
    return ".".join(re.findall(r"^VERSION_(?:MAJOR|MINOR|PATCH) = (\d+)$", text, re.M))


def tag() -> str:
    return "py3-none-" + re.sub(r"[-.]", "_", sysconfig.get_platform())


def metadata() -> str:
    return "\n".join([
        "Metadata-Version: 2.1", f"Name: {NAME}", f"Version: {version()}",
        "Summary: Run a program nobody trusts, under limits, and say exactly what happened",
        "License: MIT", "Requires-Python: >=3.9", "Classifier: License :: OSI Approved :: MIT License",
        "Classifier: Operating System :: POSIX :: Linux", "Classifier: Programming Language :: Python :: 3",
        "Classifier: Typing :: Typed", "Description-Content-Type: text/markdown", "",
        (HERE / "README.md").read_text(),
    ])


def library() -> bytes:
    """The shared library, built if it can be: what is there may be old."""
    built = root() / "build" / LIBRARY
    if shutil.which("go") or not built.exists():
        subprocess.run(["make", "-C", str(root()), "lib"], check=True, stdout=sys.stderr)
    return built.read_bytes()


def sources() -> Iterator[Tuple[str, bytes]]:
    for path in sorted((HERE / NAME).rglob("*")):
        if path.is_file() and (path.suffix in (".py", ".css", ".conf") or path.name == "py.typed"):
            yield str(path.relative_to(HERE)), path.read_bytes()


def write_wheel(directory: str, files: List[Tuple[str, bytes]]) -> str:
    info = f"{NAME}-{version()}.dist-info"
    name = f"{NAME}-{version()}-{tag()}.whl"
    wheel = f"Wheel-Version: 1.0\nGenerator: {NAME}_build\nRoot-Is-Purelib: false\nTag: {tag()}\n"
    scripts = f"[console_scripts]\n{NAME} = {NAME}.cli:main\n"
    license_text = (root() / "LICENSE").read_bytes()
    files = files + [(f"{info}/METADATA", metadata().encode()), (f"{info}/WHEEL", wheel.encode()),
                     (f"{info}/entry_points.txt", scripts.encode()), (f"{info}/LICENSE", license_text)]
    record = "".join(f"{path},sha256={_digest(content)},{len(content)}\n" for path, content in files)
    files.append((f"{info}/RECORD", f"{record}{info}/RECORD,,\n".encode()))
    Path(directory).mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(Path(directory, name), "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in files:
            entry = zipfile.ZipInfo(path, time.gmtime(max(_epoch(), 315532800))[:6])
            entry.external_attr = (0o100755 if path.endswith(".so") else 0o100644) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return name


def _digest(content: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()


def _epoch() -> int:
    """The same sources give the same archive."""
    return int(os.environ.get("SOURCE_DATE_EPOCH", 1700000000))


# ---------------------------------------------------------------- the hooks that pip calls

Settings = Optional[Dict[str, Any]]


def get_requires_for_build_wheel(config_settings: Settings = None) -> List[str]:
    return []


get_requires_for_build_sdist = get_requires_for_build_editable = get_requires_for_build_wheel


def build_wheel(wheel_directory: str, config_settings: Settings = None,
                metadata_directory: Optional[str] = None) -> str:
    return write_wheel(wheel_directory, [*sources(), (f"{NAME}/{LIBRARY}", library())])


def build_editable(wheel_directory: str, config_settings: Settings = None,
                   metadata_directory: Optional[str] = None) -> str:
    """The package stays where it is, and finds the library in the source tree."""
    library()
    return write_wheel(wheel_directory, [(f"{NAME}.pth", f"{HERE}\n".encode())])


def build_sdist(sdist_directory: str, config_settings: Settings = None) -> str:
    base = f"{NAME}-{version()}"
    paths = {f"{base}/{p.relative_to(HERE)}": p for p in sorted(HERE.rglob("*"))}
    if root() != HERE / "native":
        for item in NATIVE:
            top = root() / item
            for p in [top, *(sorted(top.rglob("*")) if top.is_dir() else [])]:
                paths[f"{base}/native/{p.relative_to(root())}"] = p
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w", format=tarfile.PAX_FORMAT) as archive:
        _add(archive, f"{base}/PKG-INFO", metadata().encode(), 0o644)
        for name, path in paths.items():
            if path.is_file() and "__pycache__" not in name and f"/{LIBRARY}" not in name and "/build/" not in name:
                _add(archive, name, path.read_bytes(), path.stat().st_mode & 0o755)
    Path(sdist_directory).mkdir(parents=True, exist_ok=True)
    Path(sdist_directory, f"{base}.tar.gz").write_bytes(gzip.compress(raw.getvalue(), mtime=_epoch()))
    return f"{base}.tar.gz"


def _add(archive: tarfile.TarFile, name: str, content: bytes, mode: int) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mtime, entry.mode = len(content), _epoch(), mode
    archive.addfile(entry, io.BytesIO(content))


if __name__ == "__main__":
    if len(sys.argv) != 3 or sys.argv[1] not in ("wheel", "sdist"):
        sys.exit(f"usage: {sys.argv[0]} wheel|sdist DIRECTORY")
    print(os.path.join(sys.argv[2], build_wheel(sys.argv[2]) if sys.argv[1] == "wheel" else build_sdist(sys.argv[2])))
