"""What is installed, what is wrong with it, and what to do about each fault."""

from __future__ import annotations

import json
import os
import platform
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from . import __version__, libraries, packs, present, system
from .errors import InstallProblem
from .fetch import free
from .places import Places
from .plugin import installed_version
from .redact import redact
from .wheels import choose, tag, this_platform, variants

FINE, NOTE, FAULT = "fine", "note", "fault"
LITTLE_MEMORY = 1 << 30
INSTALL = "Press Install in the docker (or run `python -m installer install`)."
REPAIR = "Press Repair in the docker's check (or run `python -m installer update --force`)."


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: `level`, what it is, what was found, and what to do when it is not fine."""

    level: str
    topic: str
    text: str
    cure: str = ""


@dataclass
class Report:
    """All findings; `text()` is what can be copied."""

    findings: list[Finding] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    secrets: tuple[str, ...] = ()

    def add(self, level: str, topic: str, text: str, cure: str = "") -> None:
        """Note a finding."""
        self.findings.append(Finding(level, topic, text, cure))

    @property
    def faults(self) -> list[Finding]:
        """What has to be done something about."""
        return [finding for finding in self.findings if finding.level == FAULT]

    def clean(self, text: str) -> str:
        """`text` without names of people or folders."""
        return redact(text, self.names, self.secrets)

    def text(self) -> str:
        """The report in lines, without names of people or folders."""
        signs = {FINE: "  ", NOTE: "- ", FAULT: "! "}
        lines = [
            f"DeepFaceDrawing {__version__}: " + (f"{len(self.faults)} fault(s) found" if self.faults else "no faults")
        ]
        for finding in self.findings:
            first, *more = finding.text.splitlines() or [""]
            lines.append(f"{signs[finding.level]}{finding.topic}: {first}")
            lines += [f"      {line}" for line in more]
            if finding.cure:
                lines.append(f"      what to do: {finding.cure}")
        return self.clean("\n".join(lines))


def examine(places: Places, host: dict[str, str] | None = None, wanted: str = "", last_error: str = "",
            cancelled: threading.Event | None = None,
            probe: Callable[[list[str]], dict[str, str]] | None = None) -> Report:  # fmt: skip
    """Look at everything. Takes seconds and imports torch: call it in a thread.

    `host` names what the plugin runs in (Krita, Qt); `wanted` is another Krita's tag; `last_error` comes last.
    """
    wanted = wanted or tag()
    home = str(Path.home())
    report = Report(names={str(places.resources): "<resources>", str(places.libraries): "<libraries>", home: "<home>"})
    for name, value in (host or {}).items():
        report.add(FINE, name, value)
    _python(report, wanted)
    _plugin(report, places)
    there = libraries.installed(places, wanted)
    _libraries(report, places, there, wanted, cancelled)
    if wanted == tag():
        _torch(report, [str(there.folder)] if there else [], probe or load_torch)
    _weights(report, places)
    _computer(report, places)
    report.add(NOTE if last_error else FINE, "last error", last_error or "none")
    return report


def load_torch(folders: list[str]) -> dict[str, str]:
    """Import torch, as the plugin would, and say what it is."""
    sys.path.extend(folder for folder in folders if folder not in sys.path)
    import torch  # type: ignore[import-not-found,unused-ignore]

    device = "cpu"
    if torch.cuda.is_available():
        device = f"cuda ({torch.cuda.get_device_name(0)})"
    elif getattr(torch.backends, "mps", None) is not None and torch.backends.mps.is_available():
        device = "mps"
    return {"version": str(torch.__version__), "device": device, "threads": str(torch.get_num_threads())}


def _python(report: Report, wanted: str) -> None:
    version = platform.python_version() if wanted == tag() else wanted.split("-")[0]
    text = f"{version}, {platform.system()} {platform.release()}, {this_platform()}"
    try:
        offered = variants(wanted) and choose(wanted)
    except InstallProblem as problem:
        report.add(FAULT, "Python", text, str(problem))
        return
    if not offered:
        try:
            choose(wanted)
        except InstallProblem as problem:
            report.add(FAULT, "Python", text, str(problem))
        return
    lacking = system.lacking() if wanted == tag() else ""
    report.add(FAULT if lacking else FINE, "Python", text, lacking)


def _plugin(report: Report, places: Places) -> None:
    version = installed_version(places.resources)
    if not version:
        report.add(FAULT, "plugin", f"not installed in {places.resources}",
                   "Import the zip in Krita (Tools > Scripts > Import Python Plugin from File).")  # fmt: skip
    elif version != __version__:
        report.add(NOTE, "plugin", f"{version}, and this is {__version__}", "Run `python -m installer update`.")
    else:
        report.add(FINE, "plugin", version)
    if places.settings.exists():
        try:
            json.loads(places.settings.read_text("utf-8"))
        except (OSError, ValueError) as error:
            report.add(FAULT, "settings", f"{places.settings.name} cannot be read ({error})",
                       "Delete the file; choices of place and weights have to be made again.")  # fmt: skip


def _libraries(report: Report, places: Places, there: libraries.Installed | None, wanted: str,
               cancelled: threading.Event | None) -> None:  # fmt: skip
    if there is None:
        started = sorted(path.name for path in places.downloads.glob("*.part")) if places.downloads.is_dir() else []
        more = f"; a download has begun ({started[0]})" if started else ""
        own = wanted == tag() and present.look().state == present.READY
        level, cure = (NOTE, "") if own else (FAULT, INSTALL)
        report.add(level, "libraries", f"none of ours for {wanted}{more}", cure)
        return
    versions = ", ".join(f"{name} {there.versions.get(name, '?')}" for name in present.OLDEST)
    wrong = libraries.check(places, wanted, cancelled=cancelled)
    if wrong:
        listed = "\n".join(wrong[:5] + ([f"and {len(wrong) - 5} more"] if len(wrong) > 5 else []))
        report.add(FAULT, "libraries", f"{there.variant}, {versions}; damaged:\n{listed}", REPAIR)
    elif not there.current:
        report.add(NOTE, "libraries", f"{there.variant}, {versions}; hashes right, but of an older list",
                   "They work; `python -m installer update` brings the new ones.")  # fmt: skip
    else:
        report.add(FINE, "libraries", f"{there.variant}, {versions}; all hashes right")


def _torch(report: Report, folders: list[str], probe: Callable[[list[str]], dict[str, str]]) -> None:
    seen = present.look(folders)
    for library in seen.libraries.values():
        if library.folder not in folders:
            where = "loaded by another plugin" if library.loaded and folders else "found"
            report.add(NOTE, library.name, f"{library.version or 'version unknown'} {where} in {library.folder}")
    if seen.state == present.TOO_OLD:
        report.add(FAULT, "torch", "not usable", seen.text)
        return
    if seen.state == present.MISSING:
        report.add(FAULT, "torch", seen.text, INSTALL)
        return
    try:
        facts = probe(folders)
    except Exception as error:  # whatever a damaged library does
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        cure = system.lacking() or REPAIR
        report.add(FAULT, "torch", f"cannot be loaded: {type(error).__name__}: {reason}", cure)
        return
    report.add(FINE, "torch", ", ".join(f"{name} {value}" for name, value in facts.items()))


def _weights(report: Report, places: Places) -> None:
    chosen = packs.chosen(places)
    folder = chosen or packs.bundled(places)
    name = "chosen pack" if chosen else "pack that comes along"
    cure = "Choose another pack in the docker." if chosen else "Install the plugin again."
    try:
        manifest = packs.read_manifest(folder)
        wrong = packs.faults(folder)
    except InstallProblem as problem:
        report.add(FAULT, "weights", f"{name}: {problem}", cure)
        return
    hashes = "\n".join(
        f"{file} sha256 {str(stated.get('sha256', '?'))[:16]}" for file, stated in manifest["files"].items()
    )
    title = f"{name}: {manifest.get('name', 'unnamed')}, format {manifest['format']}"
    if wrong:
        report.add(FAULT, "weights", f"{title}; " + "\n".join(wrong), cure)
    else:
        report.add(FINE, "weights", f"{title}; all hashes right\n{hashes}")


def _computer(report: Report, places: Places) -> None:
    available, total = system.memory()
    text = f"{available / 1e9:.1f} GB free of {total / 1e9:.1f} GB"
    if available and available < LITTLE_MEMORY:
        report.add(NOTE, "memory", text, "Close other programs or documents before generating.")
    else:
        report.add(FINE, "memory", text)
    report.add(
        FINE, "disk", f"{free(places.libraries) / 1e9:.1f} GB free for the libraries, {os.cpu_count()} processors"
    )
    folder: Any = places.data if places.data.exists() else places.resources
    if folder.exists() and not os.access(folder, os.W_OK):
        report.add(FAULT, "folder", "Krita's resource folder cannot be written",
                   "Make it writable, or choose another resource folder in Krita's settings.")  # fmt: skip
