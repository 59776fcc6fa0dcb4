"""Prepare a folder of portraits for training."""

from __future__ import annotations

import argparse
from pathlib import Path

from dfd_core.cli.progress import Bar
from dfd_core.errors import DataError


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Declare the arguments of `dfd prepare`."""
    command.add_argument("portraits", type=Path, metavar="PORTRAITS",
                         help="folder of portrait photos, or of aligned ones (see docs/training.md)")  # fmt: skip
    command.add_argument("-o", "--output", type=Path, required=True, help="folder for the prepared data")
    command.add_argument("--size", type=int, default=256, help="side of the photos in pixels (default: 256)")
    command.add_argument("--seed", type=int, default=0, help="seed of the drawn lines")
    command.add_argument("--leave-out", type=Path, metavar="FILE",
                         help="text file: ids of portraits that are not to be trained on, one a line")  # fmt: skip
    command.add_argument("--seen", type=Path, metavar="FILE",
                         help="CSV file: what somebody saw in the portraits of facial hair, curls, hair worn up and "
                              "lashes")  # fmt: skip
    command.add_argument("--workers", type=int, default=2, help="processes (default: 2)")


def read_ids(path: Path) -> tuple[str, ...]:
    """The first word of each line, but for comments from # on; raises `DataError` for a file that cannot be read."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError) as error:
        raise DataError(f"{path} is not a readable list: {error}.") from None
    return tuple(words[0] for line in lines if (words := line.partition("#")[0].split()))


def run(options: argparse.Namespace) -> int:
    """`dfd prepare`: returns the exit code."""
    from dfd_core.cli.extras import need

    need("cv2")
    from dfd_core.training.align import AlignConfig, align_folder, is_aligned
    from dfd_core.training.prepare import PrepareConfig, prepare
    from dfd_core.training.seen import read_seen

    if options.size < 1 or options.workers < 1:
        raise DataError("--size and --workers must be at least 1.")
    left_out = read_ids(options.leave_out) if options.leave_out else ()
    seen = read_seen(options.seen) if options.seen else {}
    config = PrepareConfig(size=options.size, seed=options.seed, left_out=left_out)
    portraits = options.portraits
    if not is_aligned(portraits):
        limits = AlignConfig(config.max_yaw, config.min_coverage)
        portraits = options.output / "aligned"
        print(align_folder(options.portraits, portraits, limits, options.workers, Bar("aligning")))
    count = prepare(portraits, options.output, config, options.workers, Bar("drawing"), seen)
    print(f"{options.output}: {count} portraits")
    return 0
