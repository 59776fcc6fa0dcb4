"""The pinned list: complete for every platform and Python, closed under requirements, and hashed."""

from __future__ import annotations

import re

import pytest
from packaging.requirements import Requirement
from packaging.tags import Tag
from packaging.utils import canonicalize_name, parse_wheel_filename

from installer.errors import InstallProblem
from installer.present import OLDEST
from installer.wheels import CPU, PYTHONS, Wheel, choose, pins, tag, unused, variants

SYSTEMS = {
    "linux-x86_64": ("linux", "Linux", "manylinux"),
    "windows-x86_64": ("win32", "Windows", "win_amd64"),
    "macos-arm64": ("darwin", "Darwin", "macosx"),
}
SETS = [(f"cp{a}{b}-{system}", variant) for a, b in PYTHONS for system in SYSTEMS
        for variant in variants(f"cp{a}{b}-{system}")]  # fmt: skip


def fits(found: Tag, wanted: str) -> bool:
    python, _, system = wanted.partition("-")
    if found.platform != "any" and SYSTEMS[system][2] not in found.platform:
        return False
    own = found.interpreter == python and found.abi == python
    stable = found.abi == "abi3" and int(found.interpreter[3:]) <= int(python[3:])
    return own or stable or (found.interpreter == "py3" and found.abi == "none")


def test_every_platform_and_python_is_there() -> None:
    assert {wanted for wanted, _ in SETS} == {f"cp{a}{b}-{system}" for a, b in PYTHONS for system in SYSTEMS}
    assert all(CPU in variants(wanted) for wanted, _ in SETS)
    assert variants("cp311-linux-x86_64") == ["cpu", "cuda"]


@pytest.mark.parametrize(("wanted", "variant"), SETS)
class TestSet:
    def test_every_wheel_fits(self, wanted: str, variant: str) -> None:
        for wheel in choose(wanted, variant).wheels:
            assert any(fits(found, wanted) for found in parse_wheel_filename(wheel.file)[3]), wheel.file

    def test_every_wheel_is_pinned(self, wanted: str, variant: str) -> None:
        for wheel in choose(wanted, variant).wheels:
            assert re.fullmatch("[0-9a-f]{64}", wheel.sha256), wheel.file
            assert wheel.url.startswith("https://")
            assert wheel.size > 0
            assert wheel.unpacked > 0

    def test_every_requirement_is_met(self, wanted: str, variant: str) -> None:
        """The set imports nothing that is missing, as far as the wheels themselves say what they need."""
        python, _, system = wanted.partition("-")
        sys_platform, platform_system, _ = SYSTEMS[system]
        environment = {
            "python_version": f"3.{python[3:]}", "python_full_version": f"3.{python[3:]}.0",
            "sys_platform": sys_platform, "platform_system": platform_system, "implementation_name": "cpython",
            "platform_machine": {"macos-arm64": "arm64", "windows-x86_64": "AMD64"}.get(system, "x86_64"),
            "os_name": "nt" if sys_platform == "win32" else "posix", "platform_python_implementation": "CPython",
        }  # fmt: skip
        chosen = choose(wanted, variant)
        there = {canonicalize_name(wheel.project): wheel.version for wheel in chosen.wheels}
        assert set(OLDEST) <= set(there)
        for wheel in chosen.wheels:
            for text in wheel.requires:
                requirement = Requirement(text)
                if requirement.marker is None or requirement.marker.evaluate({**environment, "extra": ""}):
                    version = there.get(canonicalize_name(requirement.name))
                    assert version is not None, f"{wheel.file} needs {requirement}"
                    assert requirement.specifier.contains(version, prereleases=True), (
                        f"{wheel.file} needs {requirement}"
                    )


def test_processor_sets_bring_no_cuda() -> None:
    for wanted, variant in SETS:
        names = " ".join(wheel.file for wheel in choose(wanted, variant).wheels)
        assert ("nvidia" in names or "+cu" in names) == (variant == "cuda"), wanted


def test_every_wheel_of_the_list_is_used() -> None:
    used = {wheel.file for wanted, variant in SETS for wheel in choose(wanted, variant).wheels}
    assert used == set(pins()["wheels"])


@pytest.mark.parametrize(
    ("wanted", "words"),
    [("cp38-windows-x86_64", r"Python is 3\.8, .* 3\.10 to 3\.13: update Krita"),
     ("cp314-linux-x86_64", r"Python is 3\.14, .*: update DeepFaceDrawing"),
     ("cp311-linux-arm64", r"no list of libraries for this computer \(linux-arm64\)")],
)  # fmt: skip
def test_what_there_is_no_set_for(wanted: str, words: str) -> None:
    with pytest.raises(InstallProblem, match=words):
        choose(wanted)


def test_no_such_variant() -> None:
    with pytest.raises(InstallProblem, match="no cuda build"):
        choose("cp311-macos-arm64", "cuda")


def test_names() -> None:
    wheel = Wheel("typing_extensions-4.15.0-py3-none-any.whl", "", 1, 1, 1, "", ())
    assert (wheel.project, wheel.version) == ("typing-extensions", "4.15.0")
    assert tag((3, 10), "macos-arm64") == "cp310-macos-arm64"


def test_unused_parts_of_torch() -> None:
    assert unused("torch/test/a.py")
    assert unused("torch/lib/torch_cpu.lib")
    assert not unused("torch/testing/__init__.py")  # torch.autograd imports it
    assert not unused("torch/bin/torch_shm_manager")  # torch looks for it
    assert not unused("other/test/a.py")
