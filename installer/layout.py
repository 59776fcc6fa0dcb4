"""Which file of the project goes where in Krita's resource folder. Zip, installer and tests all use this."""

from __future__ import annotations

from pathlib import Path

from .places import NAME

HERE = Path(__file__).resolve().parent.parent
"""The project's root in a checkout; the plugin's own folder once it is installed."""

_LEFT_OUT = ("__pycache__", ".pyc", ".egg-info")
_NOT_FOR_KRITA = ("training", "evaluation", "benchmark")
"""Parts of dfd_core that are never imported to render."""

_NOTICES = ("LICENSE", "THIRD_PARTY.md", "CHANGELOG.md")


def contents(here: Path = HERE) -> dict[str, Path]:
    """{path inside the resource folder, with slashes: source file}, sorted."""
    found = _of_checkout(here) if (here / NAME / "__init__.py").is_file() else _of_plugin(here)
    return dict(sorted(found.items()))


def _of_checkout(root: Path) -> dict[str, Path]:
    plugin = f"pykrita/{NAME}"
    found = {
        f"pykrita/{NAME}.desktop": root / NAME / f"{NAME}.desktop",
        f"actions/{NAME}.action": root / NAME / f"{NAME}.action",
    }
    found.update(_tree(root / NAME, plugin))
    for name in (f"{NAME}.desktop", f"{NAME}.action"):
        del found[f"{plugin}/{name}"]
    found.update(_tree(root / "installer", f"{plugin}/installer"))
    core = f"{plugin}/lib/dfd_core"
    unwanted = tuple(f"{core}/{name}/" for name in _NOT_FOR_KRITA)
    found.update({name: path for name, path in _tree(root / "dfd_core", core).items() if not name.startswith(unwanted)})
    found.update(_tree(root / "weights" / "default", f"{core}/weights/default"))
    found.update({f"{plugin}/{name}": root / name for name in _NOTICES if (root / name).is_file()})
    return found


def _of_plugin(plugin: Path) -> dict[str, Path]:
    outside = (f"pykrita/{NAME}.desktop", f"actions/{NAME}.action")
    return {**_tree(plugin, f"pykrita/{NAME}"), **{name: plugin.parent.parent / name for name in outside}}


def _tree(folder: Path, prefix: str) -> dict[str, Path]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {
        f"{prefix}/{path.relative_to(folder).as_posix()}": path
        for path in files
        if not any(part.endswith(_LEFT_OUT) for part in path.relative_to(folder).parts)
    }
