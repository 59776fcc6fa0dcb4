"""`python -m installer`: the plugin for the user's own Krita, run from a checkout with `.venv/bin/python`.

Krita must be able to load the libraries of this Python: on Linux distributions that is so when both are the same
version, such as 3.11.
"""

from __future__ import annotations

import argparse
import platform
import sys
import sysconfig
from pathlib import Path

from installer.plugin import PLUGIN, InstallProblem, install, resource_folder, uninstall


def main(arguments: list[str] | None = None) -> int:
    """Run the installer; returns the exit code (0 done, 2 wrong use)."""
    parser = argparse.ArgumentParser(prog="python -m installer", description=__doc__.splitlines()[0])
    parser.add_argument("command", choices=("install", "uninstall"))
    parser.add_argument("--resources", type=Path, default=resource_folder(), metavar="FOLDER",
                        help="Krita's resource folder (in Krita: Settings > Manage Resources)")  # fmt: skip
    options = parser.parse_args(arguments)
    root = PLUGIN.parent
    try:
        if options.command == "uninstall":
            print("removed" if uninstall(options.resources) else f"not installed in {options.resources}")
            return 0
        libraries = [str(root), sysconfig.get_paths()["purelib"]]
        install(options.resources, {"paths": libraries, "weights": str(root / "weights" / "default")})
    except InstallProblem as error:
        print(f"installer: {error}", file=sys.stderr)
        return 2
    print(
        f"installed in {options.resources} for a Krita with Python {'.'.join(platform.python_version_tuple()[:2])}.\n"
        "Start Krita, tick DeepFaceDrawing in Settings > Configure Krita > Python Plugin Manager, restart."
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
