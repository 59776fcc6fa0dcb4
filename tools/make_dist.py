"""Makes the release in dist/: the plugin's zip for Krita, and wheel and sdist of dfd_core. `make dist`.

The same source gives the same bytes: names are sorted, dates and permissions fixed.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.append(str(ROOT))

from installer import __version__  # noqa: E402
from installer.layout import contents  # noqa: E402
from installer.places import NAME  # noqa: E402

EPOCH = 315532800
"""1980-01-01, the first date that a zip can state."""

PACKAGE = ("dfd_core", "weights/default", "pyproject.toml", "setup.py", "MANIFEST.in", "README.md", "LICENSE",
           "THIRD_PARTY.md", "CHANGELOG.md")  # fmt: skip
"""What wheel and sdist are built from."""


def plugin_zip(folder: Path) -> Path:
    """The zip for *Tools > Scripts > Import Python Plugin from File*."""
    files = {}
    for name, source in contents(ROOT).items():
        files[name.partition("/")[2]] = source.read_bytes()  # the importer itself knows pykrita/ and actions/
    folders = {f"{parent.as_posix()}/" for name in files for parent in Path(name).parents if parent.name}
    return _zip(folder / f"{NAME}-{__version__}.zip", {**dict.fromkeys(folders, b""), **files})


def _zip(path: Path, entries: dict[str, bytes]) -> Path:
    """Write a zip in the order of names; one that ends with a slash is a folder. Weights hardly shrink: stored."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in sorted(entries.items()):
            entry = zipfile.ZipInfo(name)
            entry.create_system = 3
            entry.external_attr = (0o40755 << 16 | 0x10) if name.endswith("/") else 0o100644 << 16
            stored = name.endswith(("/", ".safetensors"))
            entry.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)
    return path


def wheel_and_sdist(folder: Path) -> list[Path]:
    """dfd_core for pip, built in a copy so that nothing old in the working tree gets in."""
    with tempfile.TemporaryDirectory() as temporary:
        copy = Path(temporary) / "source"
        for name in PACKAGE:
            source, target = ROOT / name, copy / name
            target.parent.mkdir(parents=True, exist_ok=True)
            if source.is_dir():
                shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"), copy_function=_copy)
            else:
                _copy(source, target)
        code = """
import sys, setuptools.build_meta as build
folder = sys.argv[1]  # the calls change sys.argv
for name in (build.build_sdist(folder), build.build_wheel(folder)):
    print(name)
"""
        done = subprocess.run([sys.executable, "-c", code, temporary], cwd=copy, text=True, capture_output=True,
                              env={**os.environ, "SOURCE_DATE_EPOCH": str(EPOCH)})  # fmt: skip
        if done.returncode:
            sys.exit(f"make_dist: the wheel could not be built:\n{done.stderr[-2000:]}")
        made = [Path(temporary) / line for line in done.stdout.splitlines() if line.endswith((".whl", ".tar.gz"))]
        return [_sdist(path, folder) if path.suffix == ".gz" else _wheel(path, folder) for path in made]


def _copy(source: str | Path, target: str | Path) -> None:
    shutil.copyfile(source, target)
    os.chmod(target, 0o644)


def _wheel(source: Path, folder: Path) -> Path:
    """The same archive with fixed permissions."""
    with zipfile.ZipFile(source) as old:
        return _zip(folder / source.name, {name: old.read(name) for name in old.namelist()})


def _sdist(source: Path, folder: Path) -> Path:
    """The same archive with sorted names and fixed dates, owners and permissions."""
    plain = io.BytesIO()
    with tarfile.open(source) as old, tarfile.open(fileobj=plain, mode="w", format=tarfile.GNU_FORMAT) as new:
        for entry in sorted(old.getmembers(), key=lambda member: member.name):
            entry.mtime, entry.uid, entry.gid, entry.uname, entry.gname = EPOCH, 0, 0, "", ""
            entry.mode = 0o755 if entry.isdir() else 0o644
            entry.pax_headers = {}
            new.addfile(entry, old.extractfile(entry) if entry.isfile() else None)
    path = folder / source.name
    with path.open("wb") as file, gzip.GzipFile("", "wb", 6, file, mtime=EPOCH) as packed:
        packed.write(plain.getvalue())
    return path


def main() -> int:
    """Build everything and say what it is."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "dist"
    folder.mkdir(parents=True, exist_ok=True)
    for path in [plugin_zip(folder), *wheel_and_sdist(folder)]:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        print(f"{digest}  {path.name}  {path.stat().st_size / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
