"""The report finds each fault, says what to do, and names nobody."""

from __future__ import annotations

import getpass
import platform
import re
from pathlib import Path

import pytest
from wheelhouse import House

from installer import doctor, libraries, plugin, present, system
from installer.doctor import FAULT, NOTE, Finding, Report, examine
from installer.index import Sources
from installer.places import Places
from installer.redact import redact

HOST = {"Krita": "5.1.5", "Qt": "5.15.8"}


def probe(folders: list[str]) -> dict[str, str]:
    return {"version": "2.13.0", "device": "cpu"}


@pytest.fixture
def complete(places: Places, house: House, monkeypatch: pytest.MonkeyPatch) -> Places:
    """Everything is installed."""
    plugin.install(places.resources)
    libraries.install(places, house.chosen(), Sources())
    folder = str(libraries.installed(places).folder)  # type: ignore[union-attr]
    there = {name: present.Library(name, version, folder, False)
             for name, version in (("torch", "2.13.0"), ("numpy", "2.2.6"), ("safetensors", "0.8.0"))}  # fmt: skip
    monkeypatch.setattr(present, "look", lambda folders=(): present.Presence(present.READY, "", there))
    return places


def topic(report: Report, name: str) -> Finding:
    return next(finding for finding in report.findings if finding.topic == name)


class TestFaults:
    def test_a_complete_installation_has_none(self, complete: Places) -> None:
        report = examine(complete, HOST, probe=probe)
        assert report.faults == []
        text = report.text()
        for words in ("Krita: 5.1.5", "Qt: 5.15.8", f"Python: {platform.python_version()}", "torch 2.13.0",
                      "device cpu", "synthesis.safetensors sha256", "GB free of", "last error: none"):  # fmt: skip
            assert words in text

    def test_nothing_is_installed(self, places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(present, "look", lambda folders=(): present.Presence(present.MISSING, "missing: torch", {}))
        report = examine(places, HOST)
        assert {finding.topic for finding in report.faults} == {"plugin", "libraries", "torch", "weights"}
        assert all(finding.cure for finding in report.faults)

    def test_damaged_libraries(self, complete: Places) -> None:
        folder = libraries.installed(complete).folder  # type: ignore[union-attr]
        (folder / "torch" / "lib" / "big.bin").write_bytes(b"")
        finding = topic(examine(complete, HOST, probe=probe), "libraries")
        assert (finding.level, finding.cure) == (FAULT, doctor.REPAIR)
        assert "torch/lib/big.bin: altered" in finding.text

    def test_torch_that_cannot_be_loaded(self, complete: Places) -> None:
        def broken(folders: list[str]) -> dict[str, str]:
            raise OSError("c10.dll: the module was not found")

        finding = topic(examine(complete, HOST, probe=broken), "torch")
        assert finding.level == FAULT
        assert "c10.dll" in finding.text

    def test_an_altered_weight_pack(self, complete: Places) -> None:
        path = complete.plugin / "lib/dfd_core/weights/default/banks.safetensors"
        path.write_bytes(path.read_bytes()[:-1] + b"x")
        finding = topic(examine(complete, HOST, probe=probe), "weights")
        assert "banks.safetensors was altered" in finding.text
        assert finding.cure == "Install the plugin again."

    def test_a_chosen_pack_that_is_gone(self, complete: Places, tmp_path: Path) -> None:
        complete.change(weights=str(tmp_path / "gone"))
        assert topic(examine(complete, HOST, probe=probe), "weights").cure == "Choose another pack in the docker."

    def test_damaged_settings(self, complete: Places) -> None:
        complete.settings.write_text("{")
        assert "Delete the file" in topic(examine(complete, HOST, probe=probe), "settings").cure

    def test_another_version_of_the_plugin(self, complete: Places) -> None:
        core = complete.plugin / "lib/dfd_core/__init__.py"
        core.write_text(re.sub(r'__version__ = ".+"', '__version__ = "0.0.1"', core.read_text()))
        finding = topic(examine(complete, HOST, probe=probe), "plugin")
        assert (finding.level, finding.cure) == (NOTE, "Run `python -m installer update`.")

    def test_a_python_that_nothing_is_offered_for(self, complete: Places) -> None:
        finding = topic(examine(complete, HOST, "cp38-windows-x86_64"), "Python")
        assert finding.level == FAULT
        assert "update Krita" in finding.cure

    def test_little_memory(self, complete: Places, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(system, "memory", lambda: (1 << 28, 1 << 33))
        assert "Close other programs" in topic(examine(complete, HOST, probe=probe), "memory").cure


class TestPrivacy:
    def test_the_report_names_no_user_and_no_path(self, complete: Places) -> None:
        home = Path.home()
        error = (
            f'Traceback:\n  File "{home}/my plugins/x.py", line 3, in go\nOSError: {complete.resources}/krita_dfd/a b/c'
            " and /mnt/secret-project/faces.kra and C:\\Users\\Zoe\\x.kra"
            f" by {getpass.getuser()} on {platform.node()}"
        )
        complete.change(weights=str(home / "projects" / "client" / "pack"))
        text = examine(complete, HOST, last_error=error, probe=probe).text()
        for secret in (str(home), str(complete.resources), "my plugins", "secret-project", "Zoe", "client",
                       complete.resources.parent.name):  # fmt: skip
            assert secret not in text, text
        for word in (getpass.getuser(), platform.node()):
            assert len(word) < 3 or not re.search(rf"\b{re.escape(word)}\b", text), text
        assert "x.py" in text
        assert "line 3" in text
        assert "faces.kra" in text

    @pytest.mark.parametrize(
        ("text", "clean"),
        [("cannot open /a/b/c.txt (x)", "cannot open …/c.txt (x)"),
         ('"C:\\My Files\\a.kra"', '"…/a.kra"'),
         ("from https://me:secret@host.org/x/y?z", "from https://host.org/…"),
         ("0.5 s/portrait and 3/4", "0.5 s/portrait and 3/4"),
         ("\\\\server\\share\\file", "…/file")],
    )  # fmt: skip
    def test_paths(self, text: str, clean: str) -> None:
        assert redact(text) == clean

    def test_known_folders_have_names(self) -> None:
        assert redact("in /home/x/krita/libs/a", {"/home/x/krita": "<resources>"}) == "in <resources>/…/a"


def test_the_system_s_requirements() -> None:
    def without_msvcp(name: str) -> object:
        if name == "msvcp140.dll":
            raise OSError
        return object()

    assert system.vc_runtime(lambda name: object()) == ""
    text = system.vc_runtime(without_msvcp)
    assert "(msvcp140.dll)" in text
    assert "vc_redist.x64.exe" in text
    assert system.too_old("glibc", "2.27", (2, 28)) != ""
    assert system.too_old("glibc", "2.36", (2, 28)) == system.too_old("glibc", "", (2, 28)) == ""
    assert system.too_old("macOS", "13.6.1", (14, 0)).endswith("this is 13.6.1: update the system.")
    assert system.too_old("macOS", "15", (14, 0)) == ""
    available, total = system.memory()
    assert 0 < available < total
