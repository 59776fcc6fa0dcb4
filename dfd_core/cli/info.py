"""Say what is installed: versions, device, weight pack."""

from __future__ import annotations

import argparse
import platform
from pathlib import Path


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Declare the arguments of `dfd info`."""
    command.add_argument("--weights", type=Path, metavar="DIR", help="weight pack (default: the one that comes along)")
    command.add_argument("--device", default="auto", help="auto, cpu, cuda, cuda:1, mps (default: auto)")


def run(options: argparse.Namespace) -> int:
    """`dfd info`: returns the exit code; a pack that cannot be used is an error."""
    import torch

    from dfd_core import __version__
    from dfd_core.device import pick_device
    from dfd_core.geometry import COMPONENTS, NEIGHBOURS
    from dfd_core.pack import default_folder, load_pack

    print(f"dfd {__version__}, Python {platform.python_version()}, torch {torch.__version__}")
    print(f"device {pick_device(options.device)}, {torch.get_num_threads()} threads")
    pack = load_pack(options.weights or default_folder())
    size = sum(entry["size"] for entry in pack.manifest["files"].values())
    print(f"weights {pack.folder}: {pack.manifest.get('name', 'unnamed')}, {size / 1e6:.1f} MB, verified")
    parameters = sum(p.numel() for m in (pack.embedding, pack.synthesis) for p in m.parameters())
    print(f"{parameters / 1e6:.1f} M parameters, {NEIGHBOURS} nearest neighbours")
    for component in COMPONENTS:
        bank = pack.banks[component.network].bank
        print(f"  {component.name:<10} window {component.x:3d} {component.y:3d} {component.size:3d}, "
              f"latent {bank.shape[1]:3d}, bank {len(bank)}")  # fmt: skip
    for name, value in pack.manifest.get("metrics", {}).items():
        print(f"  {name}: {value}")
    return 0
