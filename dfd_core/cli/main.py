"""Entry point of `dfd`.

Exit codes: 0 done, 1 failed, 2 wrong use (bad arguments, files or settings of the user's).
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from dfd_core import __version__
from dfd_core.cli import bench, evaluate, export, info, prepare, render, train
from dfd_core.errors import DfdError

COMMANDS = {"render": render, "info": info, "prepare": prepare, "train": train, "export": export, "eval": evaluate,
            "bench": bench}  # fmt: skip


def parser() -> argparse.ArgumentParser:
    """The argument parser with all subcommands."""
    top = argparse.ArgumentParser(prog="dfd", description="DeepFaceDrawing: line drawings of faces become portraits.")
    top.add_argument("--version", action="version", version=f"dfd {__version__}")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, module in COMMANDS.items():
        summary = (module.__doc__ or "").splitlines()[0]
        command = commands.add_parser(name, help=summary, description=summary)
        command.add_argument("--debug", action="store_true", help="show the traceback of an error")
        module.add_arguments(command)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `dfd` with `arguments` (default: those of the process); returns the exit code."""
    options = parser().parse_args(arguments)
    try:
        return COMMANDS[options.command].run(options)
    except DfdError as error:
        if options.debug:
            raise
        print(f"dfd: {error}", file=sys.stderr)
        return 2
    except OSError as error:
        if options.debug:
            raise
        reason = error.strerror or error
        print(f"dfd: {error.filename or 'A file'} cannot be used ({reason}): choose another.", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("dfd: interrupted", file=sys.stderr)
        return 1
    except Exception as error:
        if options.debug:
            raise
        print(f"dfd: {type(error).__name__}: {error} (run again with --debug for details)", file=sys.stderr)
        return 1
