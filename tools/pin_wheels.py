"""Writes installer/wheels.json: the pinned wheels with hashes, sizes and requirements, for every platform and Python.

    .venv/bin/python tools/pin_wheels.py [--download FOLDER] [--variant cuda]

Names, sizes and hashes are what PyPI states; requirements and unpacked sizes are read from the wheels themselves, of
which only the directory and METADATA are fetched. The Linux processor-only builds of torch are not on PyPI: their
hashes are written down below, with where they come from. `--download` fetches every wheel and compares its hash.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name, parse_wheel_filename
from wheel_index import Index, rank

ROOT = Path(__file__).resolve().parent.parent
OUTPUT = ROOT / "installer" / "wheels.json"

PYTHONS = ("3.10", "3.11", "3.12", "3.13")
PLATFORMS = {
    "linux-x86_64": (
        "linux",
        "Linux",
        "x86_64",
        (*(f"manylinux_2_{minor}_x86_64" for minor in range(28, 4, -1)), "manylinux2014_x86_64"),
    ),
    "windows-x86_64": ("win32", "Windows", "AMD64", ("win_amd64",)),
    "macos-arm64": ("darwin", "Darwin", "arm64", ("macosx_14_0_arm64", "macosx_11_0_arm64")),
}
"""sys_platform, platform_system, platform_machine and the tags that are taken, best first."""

TORCH = "2.13.0"
VERSIONS = {
    "torch": TORCH, "numpy": "2.2.6", "safetensors": "0.8.0", "filelock": "3.20.3", "typing-extensions": "4.15.0",
    "setuptools": "80.9.0", "sympy": "1.14.0", "mpmath": "1.3.0", "networkx": "3.4.2", "jinja2": "3.1.6",
    "markupsafe": "3.0.3", "fsspec": "2025.12.0",
}  # fmt: skip
"""One version for all Pythons, so that a report names one set. CUDA libraries follow from torch's own METADATA."""

ROOTS = ("torch", "numpy", "safetensors")

TORCH_CPU_INDEX = "https://download.pytorch.org/whl/cpu/"
TORCH_CPU = {
    "3.10": ("f5cbb61180a9793d9e12fe115a2310d2600bd449dfb9a01ec5640e21359fa5ea", 0),
    "3.11": ("6746dbcbeb526eb61330b76b41ff1b4eb848951103a892eeb080dfa2b264667b", 191794682),
    "3.12": ("4ca4a9394b0c771238a4f73590fdbbc4debad85ed0fa63d026ae1b085da7d6e2", 191817609),
    "3.13": ("3fbf9c9d1f3c10c2d59d04aca426dee9ccc6ceb32d255c61e93acc3b4f75fae6", 191815667),
}
"""sha256 and size (0 = not known) of torch-2.13.0+cpu for Linux x86-64, as the PyTorch index states them.

Read from lock files of public projects that were made from that index (2026-10), several for each but 3.10, which was
found in one. The wheel of 3.11 was at hand and has this hash.
"""
TORCH_CUDA_INDEX = "https://download.pytorch.org/whl/cu130/"
TORCH_CUDA_WINDOWS = {
    "3.10": ("e85d18b0c51744b25fab85dbf590a4f00644da432af0e9d03c62acbd2f96ea94", 0),
    "3.12": ("2efab1e83604ca628c6d85b9e188c153690980498d1297081a9dad704919303c", 1915519202),
    "3.13": ("cf23236e9deed7d3510d14d9b9592d75d272ef7b35bbfee31a02bea339c73971", 1915517499),
}
"""torch-2.13.0+cu130 for Windows, from the same kind of source; for 3.11, which no Krita for Windows has, unknown.

The Linux CUDA build is PyPI's.
"""


def needed(requires: list[str], environment: dict[str, str], extras: tuple[str, ...] = ("",)) -> list[Requirement]:
    """Requirements that hold in `environment`."""
    parsed = [Requirement(text) for text in requires]
    return [r for r in parsed if r.marker is None
            or any(r.marker.evaluate({**environment, "extra": extra}) for extra in extras)]  # fmt: skip


def environment(python: str, system: str) -> dict[str, str]:
    """The variables of environment markers."""
    sys_platform, platform_system, machine, _ = PLATFORMS[system]
    return {"python_version": python, "python_full_version": f"{python}.0", "sys_platform": sys_platform,
            "platform_system": platform_system, "platform_machine": machine, "implementation_name": "cpython",
            "platform_python_implementation": "CPython", "os_name": "nt" if system[0] == "w" else "posix"}  # fmt: skip


def off_index(version: str, python: str, system: str, base: str, known: tuple[str, int], like: dict[str, Any],
              unpacked: int = 0) -> tuple[str, dict[str, Any]]:  # fmt: skip
    """A pin for a build of torch that PyPI does not have; what is not known of it is taken from `like`."""
    own, label = "cp" + python.replace(".", ""), PLATFORMS[system][3][0]
    name = f"torch-{version}-{own}-{own}-{label}.whl"
    requires = [text for text in like["requires"] if 'platform_system == "Linux"' not in text]
    return name, {"sha256": known[0], "size": known[1] or like["size"], "unpacked": unpacked or like["unpacked"],
                  "longest": like["longest"], "requires": requires, "url": base + quote(name)}  # fmt: skip


def resolve(index: Index, python: str, system: str, torch: tuple[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Every wheel of one set: the roots, and all that they require."""
    limits: dict[str, SpecifierSet] = {}
    while True:  # once more whenever a requirement was met that an earlier choice does not satisfy
        before = dict(limits)
        found = _walk(index, python, system, torch, limits)
        if limits == before:
            return found


def _walk(index: Index, python: str, system: str, torch: tuple[str, dict[str, Any]],
          limits: dict[str, SpecifierSet]) -> dict[str, dict[str, Any]]:  # fmt: skip
    """One pass of `resolve`: choose by the `limits` known so far, and add those that are met on the way."""
    tags, env = PLATFORMS[system][3], environment(python, system)
    found, done = {torch[0]: torch[1]}, {("torch", ("",))}
    pending = [(Requirement(name), ("",)) for name in ROOTS if name != "torch"]
    pending += [(r, ("", *sorted(r.extras))) for r in needed(torch[1]["requires"], env)]
    while pending:
        requirement, extras = pending.pop()
        project = canonicalize_name(requirement.name)
        limits[project] = limits.get(project, SpecifierSet()) & requirement.specifier
        if (project, extras) in done:
            continue
        done.add((project, extras))
        version = VERSIONS.get(project) or _newest(index, project, limits[project], python, tags)
        if not limits[project].contains(version, prereleases=True):
            raise SystemExit(f"{project} {version} does not satisfy {limits[project]}")
        name, pin = index.wheel(project, version, python, tags)
        found[name] = pin
        pending += [(r, ("", *sorted(r.extras))) for r in needed(pin["requires"], env, extras)]
    return found


def _newest(index: Index, project: str, limits: SpecifierSet, python: str, tags: tuple[str, ...]) -> str:
    """The newest version of a CUDA library that the requirements admit and that has a wheel."""
    versions = set()
    for entry in index.files(project):
        if entry["filename"].endswith(".whl") and not entry.get("yanked"):
            _, version, _, wheel_tags = parse_wheel_filename(entry["filename"])
            fits = any(rank(t.interpreter, t.abi, t.platform, python, tags) is not None for t in wheel_tags)
            if fits and limits.contains(version) and not version.is_prerelease:
                versions.add(version)
    if not versions:
        raise SystemExit(f"no wheel of {project}{limits} for Python {python} on {tags[0]}")
    return str(max(versions))


def make(index: Index, cuda: bool) -> dict[str, Any]:
    """The whole list."""
    wheels: dict[str, Any] = {}
    sets: dict[str, dict[str, list[str]]] = {}

    def add(python: str, system: str, variant: str, torch: tuple[str, dict[str, Any]]) -> None:
        found = resolve(index, python, system, torch)
        wheels.update(found)
        name = f"cp{python.replace('.', '')}-{system}"
        sets.setdefault(name, {})[variant] = sorted(
            found, key=lambda file: (not file.startswith("torch-"), file.lower())
        )
        print(f"{name} {variant}: {len(found)} wheels, {sum(w['size'] for w in found.values()) / 1e6:.0f} MB")

    for python in PYTHONS:
        for system in PLATFORMS:
            plain = index.wheel("torch", TORCH, python, PLATFORMS[system][3])
            if system == "linux-x86_64":
                like = {**plain[1], "size": TORCH_CPU["3.11"][1], "unpacked": TORCH_CPU_UNPACKED}
                add(python, system, "cpu",
                    off_index(f"{TORCH}+cpu", python, system, TORCH_CPU_INDEX, TORCH_CPU[python], like))  # fmt: skip
                if cuda:
                    add(python, system, "cuda", plain)
                continue
            add(python, system, "cpu", plain)
            if cuda and system == "windows-x86_64" and python in TORCH_CUDA_WINDOWS:
                like = {**plain[1], "size": TORCH_CUDA_WINDOWS["3.12"][1], "unpacked": TORCH_CUDA_UNPACKED}
                add(python, system, "cuda", off_index(f"{TORCH}+cu130", python, system, TORCH_CUDA_INDEX,
                                                      TORCH_CUDA_WINDOWS[python], like))  # fmt: skip
    return {"wheels": dict(sorted(wheels.items())), "sets": sets}


TORCH_CPU_UNPACKED = 524_354_200
"""Of torch+cpu for Linux without its unused parts, measured on 3.11."""

TORCH_CUDA_UNPACKED = 4_300_000_000
"""Of torch+cu130 for Windows, estimated from its size: it could not be opened here."""


def download(content: dict[str, Any], folder: Path, variant: str) -> int:
    """Fetch every wheel and compare its hash; returns how many did not fit."""
    folder.mkdir(parents=True, exist_ok=True)
    bad = 0
    for name in sorted({name for sets in content["sets"].values() for name in sets.get(variant, [])}):
        pin, path = content["wheels"][name], folder / name
        try:
            if not path.exists():
                with urllib.request.urlopen(pin["url"], timeout=120) as answer, path.open("wb") as file:
                    while block := answer.read(1 << 20):
                        file.write(block)
            digest = hashlib.sha256()
            with path.open("rb") as file:
                while block := file.read(1 << 20):
                    digest.update(block)
            state = "ok" if digest.hexdigest() == pin["sha256"] else "ALTERED"
        except (urllib.error.URLError, OSError) as error:
            state = f"NOT REACHED ({error})"
        bad += state != "ok"
        print(f"{state:8} {unquote(name)}")
    return bad


def main() -> int:
    """Write the list, or check it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--download", type=Path, metavar="FOLDER", help="only fetch the wheels of the list as it is")
    parser.add_argument("--variant", default="cpu", choices=("cpu", "cuda"), help="of which variant (default: cpu)")
    options = parser.parse_args()
    if options.download:
        return 1 if download(json.loads(OUTPUT.read_text("utf-8")), options.download, options.variant) else 0
    OUTPUT.write_text(json.dumps(make(Index(), cuda=True), indent=1) + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
