"""Bring DeepFaceDrawing into a Krita, update, check and remove it.

    python -m installer install       the plugin, and the libraries for the Krita that is found
    python -m installer update        the same over an older version; the user's choices and packs stay
    python -m installer verify        compare every installed file with its hash
    python -m installer doctor        a report that can be copied, with what to do for each fault
    python -m installer uninstall     take all of it out again; weight packs that were added stay (see --packs)
    python -m installer list          the Kritas on this computer
    python -m installer download      only the wheels, into --wheels, for a computer without a network

Needs no pip and nothing but Python itself. Exit codes: 0 done, 1 faults were found, 2 wrong use or not possible.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import sysconfig
import time
from pathlib import Path

from . import __version__, doctor, index, kritas, libraries, plugin
from .errors import Cancelled, InstallProblem
from .fetch import Fetcher
from .places import Places
from .wheels import CPU, CUDA, choose, tag, variants


def parser() -> argparse.ArgumentParser:
    """The command line."""
    top = argparse.ArgumentParser(prog="python -m installer", description=__doc__.split("\n\n")[0], epilog=__doc__,
                                  formatter_class=argparse.RawDescriptionHelpFormatter)  # fmt: skip
    top.add_argument("command", choices=("install", "update", "verify", "doctor", "uninstall", "list", "download"))
    top.add_argument("--version", action="version", version=__version__)
    which = top.add_argument_group("which Krita")
    which.add_argument("--resources", type=Path, metavar="FOLDER",
                       help="Krita's resource folder (in Krita: Settings > Manage Resources)")  # fmt: skip
    which.add_argument("--python", metavar="X.Y", help="version of the Python in that Krita, such as 3.10")
    bring = top.add_argument_group("libraries")
    bring.add_argument("--platform", metavar="NAME", help="with download: such as windows-x86_64 (default: this one)")
    bring.add_argument("--variant", choices=(CPU, CUDA), help="cpu runs everywhere; cuda needs an NVIDIA card")
    bring.add_argument("--libraries", type=Path, metavar="FOLDER", help="keep them in another folder (another disk)")
    bring.add_argument("--wheels", type=Path, metavar="FOLDER", help="take wheels from this folder where it has them")
    bring.add_argument("--offline", action="store_true", help="use --wheels only, no network")
    bring.add_argument("--index-url", default="", metavar="URL", help="package index (default: pip's, else PyPI)")
    bring.add_argument("--proxy", default="", metavar="URL", help="proxy (default: pip's, else the system's)")
    bring.add_argument("--no-libraries", action="store_true", help="only the plugin; its docker brings the libraries")
    bring.add_argument("--share", action="store_true",
                       help="use the libraries of the Python that runs this; it must have Krita's version")  # fmt: skip
    top.add_argument(
        "--force", action="store_true", help="with install or update: libraries anew, even if they are right"
    )
    top.add_argument("--packs", action="store_true", help="with uninstall: remove weight packs that were added, too")
    return top


def main(arguments: list[str] | None = None) -> int:
    """Run the installer; returns the exit code."""
    options = parser().parse_args(arguments)
    try:
        return _run(options)
    except InstallProblem as error:
        print(f"installer: {error}", file=sys.stderr)
    except (KeyboardInterrupt, Cancelled):
        print("installer: stopped; what was downloaded is kept and used the next time", file=sys.stderr)
    return 2


def _run(options: argparse.Namespace) -> int:
    if options.command == "list":
        found = kritas.find()
        print("\n".join(krita.line() for krita in found) or "no Krita found in the usual places")
        return 0
    if options.command == "download":
        return _download(options)
    krita = _which(options)
    places = Places(krita.resources)
    if options.command == "uninstall":
        done = plugin.uninstall(krita.resources, keep_packs=not options.packs)
        kept = "; weight packs that you added are still there" if places.packs.is_dir() else ""
        print(f"removed{kept}" if done else f"not installed in {krita.resources}")
        return 0
    wanted = tag(krita.python)
    if options.command == "doctor":
        report = doctor.examine(places, {"Krita": f"{krita.kind} (looked at from a terminal)"}, wanted)
        print(report.text())
        return 1 if report.faults else 0
    if options.command == "verify":
        return _verify(places, wanted)
    return _install(options, places, krita)


def _which(options: argparse.Namespace) -> kritas.Krita:
    """The Krita that is meant; raises `InstallProblem` when that is not clear."""
    python = _version(options.python) if options.python else None
    if options.resources:
        return kritas.Krita("named by --resources", options.resources, options.resources.absolute(),
                            python or _beside(options.resources) or sys.version_info[:2])  # fmt: skip
    found = kritas.find()
    folders = {krita.resources for krita in found}
    if len(folders) > 1:
        lines = "\n  ".join(krita.line() for krita in found)
        raise InstallProblem(f"There are several Kritas; name one with --resources FOLDER:\n  {lines}")
    versions = {krita.python for krita in found if krita.python}
    if not python and len(versions) > 1:
        lines = "\n  ".join(krita.line() for krita in found)
        raise InstallProblem(f"These Kritas have different Pythons; choose with --python X.Y:\n  {lines}")
    if not found:
        if options.command in ("install", "update"):
            raise InstallProblem(
                "No Krita was found: name its resource folder with --resources and Python with --python."
            )
        return kritas.Krita("not found", Path(), plugin.resource_folder(), python or sys.version_info[:2])
    krita = found[0]
    python = python or next(iter(versions), None)
    if python is None and not options.no_libraries and options.command in ("install", "update", "verify"):
        raise InstallProblem(
            f"The Python in {krita.program} could not be found out: name it with --python X.Y (in Krita: Tools > "
            "Scripts > Scripter, `import sys; print(sys.version)`), or use --no-libraries and the docker's button."
        )
    return kritas.Krita(krita.kind, krita.program, krita.resources, python or sys.version_info[:2])


def _beside(resources: Path) -> tuple[int, int] | None:
    """The Python of the Krita that uses this resource folder, if one was found."""
    versions = {krita.python for krita in kritas.find() if krita.resources == resources.absolute() and krita.python}
    return versions.pop() if len(versions) == 1 else None


def _version(text: str) -> tuple[int, int]:
    try:
        major, minor = (int(part) for part in text.split(".")[:2])
    except ValueError:
        raise InstallProblem(f"--python {text}: write it like 3.10.") from None
    return major, minor


def _install(options: argparse.Namespace, places: Places, krita: kritas.Krita) -> int:
    before = plugin.installed_version(places.resources)
    if options.command == "update" and not before:
        raise InstallProblem(f"Nothing is installed in {places.resources}: use install.")
    if plugin.install(places.resources):
        print(f"plugin {__version__} installed in {places.resources}" + (f" over {before}" if before else ""))
    else:
        print(f"plugin {__version__} in {places.resources} is this one: it stays as it is")
    if options.libraries:
        places.move(options.libraries.absolute())
    if options.share:
        if krita.python != sys.version_info[:2]:
            raise InstallProblem(
                f"--share: Krita has Python {krita.python}, this is {sys.version_info[:2]}: leave it out."
            )
        places.change(paths=[sysconfig.get_paths()["purelib"]])
    elif not options.no_libraries:
        wanted = tag(krita.python)
        there = libraries.installed(places, wanted)
        variant = options.variant or (there.variant if there else CPU)
        if options.offline and not options.wheels:
            raise InstallProblem("--offline needs --wheels FOLDER.")
        sources = index.configured(options.index_url, options.wheels, options.proxy, options.offline)
        chosen = choose(wanted, variant)
        folder = libraries.install(places, chosen, sources, _Line(), anew=options.force)
        print(f"\nlibraries ({variant}, {chosen.unpacked / 1e6:.0f} MB) in {folder}")
        if CUDA in variants(wanted) and variant == CPU:
            print("(with an NVIDIA card: --variant cuda)")
    print("Start Krita, tick DeepFaceDrawing in Settings > Configure Krita > Python Plugin Manager, start Krita again.")
    return 0


def _download(options: argparse.Namespace) -> int:
    """Fetch the wheels for another computer."""
    if not options.wheels or not options.python:
        raise InstallProblem("download needs --wheels FOLDER and --python X.Y, and --platform unless it is this one's.")
    chosen = choose(tag(_version(options.python), options.platform or ""), options.variant or CPU)
    fetcher = Fetcher(options.wheels, index.configured(options.index_url, None, options.proxy))
    for wheel in chosen.wheels:
        path = fetcher.get(wheel)
        if path.parent != options.wheels:
            shutil.copyfile(path, options.wheels / wheel.file)
        print(wheel.file)
    print(f"{len(chosen.wheels)} wheels for {chosen.tag} in {options.wheels}; use them with --wheels FOLDER --offline")
    return 0


def _verify(places: Places, wanted: str) -> int:
    wrong = plugin.differing(places.resources)
    if libraries.installed(places, wanted):
        wrong += libraries.check(places, wanted, _Line())
        print()
    else:
        print(f"no libraries of ours for {wanted}")
    print("\n".join(wrong) or "every file is right")
    return 1 if wrong else 0


class _Line:
    """Progress in one line of the terminal."""

    def __init__(self) -> None:
        self._last = 0.0

    def __call__(self, stage: str, done: int, total: int, what: str) -> None:
        if time.monotonic() - self._last > 0.2 and sys.stdout.isatty():
            self._last = time.monotonic()
            print(f"\r{stage} {done / 1e6:6.0f} of {total / 1e6:.0f} MB  {what:<40}", end="", flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
