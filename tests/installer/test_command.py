"""`python -m installer`, as a user types it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from wheelhouse import House

from installer import __main__ as command
from installer import kritas, libraries
from installer.kritas import Krita
from installer.places import Places
from installer.wheels import tag

ROOT = Path(__file__).resolve().parents[2]
HERE = f"{sys.version_info[0]}.{sys.version_info[1]}"


@pytest.fixture
def resources(tmp_path: Path, house: House, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A resource folder, and a list of wheels that is small."""
    monkeypatch.setattr(command, "choose", lambda wanted, variant: house.chosen(wanted))
    monkeypatch.setattr(libraries, "_current_key", lambda wanted, variant: house.chosen(wanted).key)
    return tmp_path / "krita"


def run(*arguments: object) -> int:
    return command.main([str(argument) for argument in arguments])


def test_the_way_in_and_out(resources: Path, capsys: pytest.CaptureFixture[str]) -> None:
    there = ("--resources", resources, "--python", HERE)
    assert run("update", *there) == 2
    assert "use install" in capsys.readouterr().err
    assert run("install", *there) == 0
    assert "Python Plugin Manager" in capsys.readouterr().out
    assert run("verify", *there) == 0
    assert "every file is right" in capsys.readouterr().out
    (resources / "krita_dfd" / "libs" / tag() / "numpy" / "__init__.py").write_text("altered")
    assert run("verify", *there) == 1
    assert "numpy/__init__.py: altered" in capsys.readouterr().out
    assert run("update", "--force", *there) == 0
    assert run("verify", *there) == 0
    assert run("uninstall", *there) == 0
    assert [path.name for path in resources.rglob("*") if not path.is_dir()] == []
    capsys.readouterr()
    assert run("uninstall", *there) == 0
    assert "not installed" in capsys.readouterr().out


def test_offline(resources: Path, house: House, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    there = ("--resources", resources, "--python", HERE, "--offline")
    assert run("install", *there) == 2
    assert "--offline needs --wheels" in capsys.readouterr().err
    assert run("install", *there, "--wheels", tmp_path) == 2
    assert "is not in the folder of wheels" in capsys.readouterr().err
    assert run("install", *there, "--wheels", house.put(tmp_path / "wheels")) == 0
    assert house.requests == []


def test_wheels_for_a_computer_without_a_network(resources: Path, house: House, tmp_path: Path) -> None:
    folder = tmp_path / "carried over"
    assert run("download", "--wheels", folder) == 2
    assert run("download", "--wheels", folder, "--python", HERE) == 0
    assert {path.name for path in folder.iterdir()} == set(house.wheels)
    house.requests.clear()
    assert run("install", "--resources", resources, "--python", HERE, "--offline", "--wheels", folder) == 0
    assert house.requests == []


def test_another_python_than_this_one(resources: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The installer's own Python need not be Krita's."""
    other = (3, 13) if sys.version_info[:2] != (3, 13) else (3, 12)
    assert run("install", "--resources", resources, "--python", ".".join(map(str, other))) == 0
    assert libraries.installed(Places(resources), tag(other)) is not None
    assert libraries.installed(Places(resources)) is None


def test_another_place_and_no_libraries(resources: Path, tmp_path: Path) -> None:
    assert run("install", "--resources", resources, "--no-libraries") == 0
    assert not (resources / "krita_dfd").exists()
    assert run("install", "--resources", resources, "--python", HERE, "--libraries", tmp_path / "disk two") == 0
    assert (tmp_path / "disk two" / tag() / "torch" / "__init__.py").is_file()
    assert run("uninstall", "--resources", resources) == 0
    assert not (tmp_path / "disk two").exists()


def test_sharing_the_libraries_of_this_python(resources: Path) -> None:
    assert run("install", "--resources", resources, "--python", HERE, "--share") == 0
    folder = Path(Places(resources).read()["paths"][0])
    assert (folder / "torch").is_dir()


@pytest.mark.parametrize(
    ("found", "words"),
    [([], "No Krita was found"),
     ([("a", "one", (3, 11)), ("b", "two", (3, 11))], "several Kritas"),
     ([("a", "one", (3, 11)), ("b", "one", (3, 10))], "different Pythons"),
     ([("a", "one", None)], "could not be found out")],
)  # fmt: skip
def test_which_krita_is_not_clear(
    found: list[tuple[str, str, tuple[int, int] | None]], words: str, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    listed = [Krita("AppImage", Path(program), Path(folder), python) for program, folder, python in found]
    monkeypatch.setattr(kritas, "find", lambda: listed)
    assert run("install") == 2
    assert words in capsys.readouterr().err


def test_a_python_that_there_is_nothing_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("install", "--resources", tmp_path / "krita", "--python", "3.8") == 2
    assert "update Krita" in capsys.readouterr().err


def test_a_problem_is_one_line_and_code_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "pykrita").write_text("a file")
    assert run("install", "--resources", tmp_path, "--no-libraries") == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_doctor_and_list_in_a_process_of_their_own(tmp_path: Path) -> None:
    """Only the standard library is there (-S), as in a Krita's own Python."""
    command = [sys.executable, "-S", "-m", "installer"]
    done = subprocess.run([*command, "doctor", "--resources", str(tmp_path)], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 1
    assert "what to do:" in done.stdout
    assert str(tmp_path) not in done.stdout
    assert subprocess.run([*command, "list"], cwd=ROOT, capture_output=True).returncode == 0
