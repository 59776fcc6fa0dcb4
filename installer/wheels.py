"""The pinned wheels: which ones a Krita needs, and what each must be. Written by `tools/pin_wheels.py`.

`wheels.json` is {"wheels": {file name: {sha256, size, unpacked, longest, url, requires}}, "sets":
{"cp311-linux-x86_64": {"cpu": [file name, ...], "cuda": [...]}}}. Sizes are for progress and the check of free space;
the sha256 decides.
"""

from __future__ import annotations

import hashlib
import json
import platform
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .errors import InstallProblem

PINS = Path(__file__).with_name("wheels.json")
PYTHONS = ((3, 10), (3, 11), (3, 12), (3, 13))
CPU, CUDA = "cpu", "cuda"

_UNUSED = ("torch/test/", "torch/include/", "torch/share/", "torch/bin/test_", "torch/bin/protoc")
"""Parts of torch for building and testing it. A third of its size, and never imported."""


@dataclass(frozen=True)
class Wheel:
    """One pinned file. `longest` is the length of the longest path in it that Python has to open."""

    file: str
    sha256: str
    size: int
    unpacked: int
    longest: int
    url: str
    requires: tuple[str, ...]

    @property
    def project(self) -> str:
        """The project's name as an index spells it in its addresses."""
        return self.file.split("-")[0].replace("_", "-").replace(".", "-").lower()

    @property
    def version(self) -> str:
        """Such as "2.13.0+cpu"."""
        return self.file.split("-")[1]


@dataclass(frozen=True)
class WheelSet:
    """All that one Krita needs: `tag` names Python's ABI and the platform, `variant` is `CPU` or `CUDA`."""

    tag: str
    variant: str
    wheels: tuple[Wheel, ...]

    @property
    def size(self) -> int:
        """Bytes to download."""
        return sum(wheel.size for wheel in self.wheels)

    @property
    def unpacked(self) -> int:
        """Bytes on the disk."""
        return sum(wheel.unpacked for wheel in self.wheels)

    @property
    def longest(self) -> int:
        """Length of the longest path inside the folder that Python has to open."""
        return max(wheel.longest for wheel in self.wheels)

    @property
    def key(self) -> str:
        """Changes when any wheel of the set does."""
        return hashlib.sha256("\n".join(wheel.sha256 for wheel in self.wheels).encode()).hexdigest()[:16]


def unused(name: str) -> bool:
    """Whether the file `name` of a wheel can be left out."""
    return name.startswith(_UNUSED) or (name.startswith("torch/lib/") and name.endswith(".lib"))


def this_platform() -> str:
    """Such as "linux-x86_64"; what the lists call it."""
    system = {"win32": "windows", "darwin": "macos"}.get(sys.platform, "linux" if "linux" in sys.platform else "other")
    machine = platform.machine().lower()
    return f"{system}-{ {'amd64': 'x86_64', 'aarch64': 'arm64'}.get(machine, machine) }"


def tag(python: tuple[int, int] | None = None, system: str = "") -> str:
    """Python's ABI and the platform, such as "cp311-linux-x86_64"; of the running Python unless told."""
    major, minor = python or sys.version_info[:2]
    return f"cp{major}{minor}-{system or this_platform()}"


def pins(path: Path = PINS) -> dict[str, Any]:
    """The content of `wheels.json`."""
    try:
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return content
    except (OSError, ValueError) as error:
        raise InstallProblem(f"{path.name} cannot be read ({error}): install the plugin again.") from None


def variants(wanted: str, path: Path = PINS) -> list[str]:
    """The variants that exist for a tag, `CPU` first; [] when there are no libraries for it."""
    return sorted(pins(path)["sets"].get(wanted, {}), key=lambda name: name != CPU)


def choose(wanted: str, variant: str = CPU, path: Path = PINS) -> WheelSet:
    """The set for a tag; raises `InstallProblem` where there is none."""
    content = pins(path)
    sets = content["sets"].get(wanted)
    if sets is None:
        raise InstallProblem(_no_set(wanted, content["sets"]))
    if variant not in sets:
        raise InstallProblem(f"There is no {variant} build of PyTorch for {wanted}: choose {' or '.join(sets)}.")
    wheels = [Wheel(name, **{**content["wheels"][name], "requires": tuple(content["wheels"][name]["requires"])})
              for name in sets[variant]]  # fmt: skip
    return WheelSet(wanted, variant, tuple(wheels))


def _no_set(wanted: str, sets: dict[str, Any]) -> str:
    python, _, system = wanted.partition("-")
    version = f"{python[2:3]}.{python[3:]}"
    lowest, highest = (".".join(map(str, PYTHONS[end])) for end in (0, -1))
    if system in {name.partition("-")[2] for name in sets}:
        newer = python[3:].isdigit() and int(python[3:]) > PYTHONS[-1][1]
        cure = "update DeepFaceDrawing" if newer else "update Krita to 5.2 or newer"
        return f"Krita's Python is {version}, and PyTorch is offered for {lowest} to {highest}: {cure}."
    known = ", ".join(sorted({name.partition("-")[2] for name in sets}))
    return f"There is no list of libraries for this computer ({system}), only for {known}."
