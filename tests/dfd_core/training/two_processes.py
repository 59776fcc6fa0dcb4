"""`dfd train` under torchrun, noting a digest of the parameters after every update.

    two_processes.py NOTES train ...

Every process appends to NOTES/RANK. The note is made from outside the training: by a hook on all optimizers.
"""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path

import torch
from torch.optim.optimizer import register_optimizer_step_post_hook

from dfd_core.cli.main import main

NOTES = Path(sys.argv[1]) / os.environ["RANK"]


def note(optimizer: torch.optim.Optimizer, *_: object) -> None:
    """Append a digest of all parameters and of the learning rate."""
    digest = hashlib.sha256()
    for group in optimizer.param_groups:
        digest.update(repr(group["lr"]).encode())
        for parameter in group["params"]:
            digest.update(parameter.detach().numpy().tobytes())
    with NOTES.open("a") as file:
        file.write(digest.hexdigest() + "\n")


register_optimizer_step_post_hook(note)
raise SystemExit(main(sys.argv[2:]))
