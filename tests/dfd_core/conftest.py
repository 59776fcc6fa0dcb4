"""A small random weight pack for all tests of the core."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
import torch
from drawings import SEED
from rendering import FACE, render

from dfd_core.embedding import Embedding
from dfd_core.engine import Engine
from dfd_core.geometry import NETWORKS
from dfd_core.manifold import Manifold
from dfd_core.networks.autoencoder import LATENT
from dfd_core.pack import save_pack
from dfd_core.synthesis import Synthesis

torch.set_num_threads(1)  # the networks are tiny here, and other processes may want the processor


@pytest.fixture(scope="session")
def pack_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A weight pack of random networks and banks. Read-only: tests that damage it work on a copy."""
    folder = tmp_path_factory.mktemp("pack") / "random"
    torch.manual_seed(SEED)
    embedding, synthesis = Embedding(), Synthesis(width=12)
    coarse = synthesis.coarse
    for tensor in (coarse.weights, coarse.basis, coarse.tint, coarse.palette.weights):
        torch.nn.init.normal_(tensor, std=0.05)
    coarse.palette.axes.mul_(0.3)
    near = 0.03  # about as long as latents of these encoders, so that no drawing is strange
    banks = {name: Manifold(near * torch.randn(30, LATENT[name]), torch.arange(30)) for name in NETWORKS}
    save_pack(folder, embedding, synthesis, banks, {"name": "random", "metrics": {"val_l1_clean_raw": 12.5}})
    return folder


@pytest.fixture
def engine(pack_folder: Path) -> Engine:
    """A fresh engine on the CPU with the random pack."""
    return Engine(pack_folder, "cpu")


@pytest.fixture
def drawn(engine: Engine) -> Engine:
    """An engine that has rendered `FACE`."""
    render(engine, FACE)
    return engine


@pytest.fixture
def embedded(engine: Engine) -> Counter[str]:
    """How often each encoder has run."""
    runs: Counter[str] = Counter()
    for name, encoder in engine.pack.embedding.encoders.items():
        encoder.register_forward_hook(lambda *_, name=name: runs.update([name]))
    return runs
