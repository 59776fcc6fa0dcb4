"""What only a fresh process can show: cold start to the first portrait, and peak memory."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from dfd_core.errors import DfdError

OURS = """
import json, sys, time
begun = time.perf_counter()
import numpy as np
from dfd_core.benchmark.rows import drawing
page = drawing()
from dfd_core.engine import Engine
engine = Engine(sys.argv[1], sys.argv[2])
loaded = time.perf_counter()
engine.set_sketch(page, frame="canvas")
engine.render()
"""

REFERENCE = """
import json, sys, time
begun = time.perf_counter()
import torch
from dfd_core.benchmark.reference import Reference, WINDOWS
with torch.device("meta"):
    reference = Reference()
state = torch.load(sys.argv[1], map_location=sys.argv[2])
reference.load_state_dict(state["networks"], assign=True)
reference.banks = state["banks"]
reference.eval()
del state
loaded = time.perf_counter()
with torch.inference_mode():
    reference(torch.zeros(1, 1, 512, 512, device=sys.argv[2]))
"""

END = """
done = time.perf_counter()
import resource
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
print(json.dumps([loaded - begun, done - begun, peak]))
"""


@dataclass(frozen=True)
class Start:
    """Seconds until loaded and until the first portrait, greatest resident memory in bytes, size on disk in bytes."""

    load: float
    first: float
    peak: int
    disk: int


def _run(code: str, *arguments: str, disk: int) -> Start:
    done = subprocess.run([sys.executable, "-c", code + END, *arguments], capture_output=True, text=True, check=False,
                          cwd=Path(__file__).resolve().parent.parent.parent)  # fmt: skip
    if done.returncode:
        raise DfdError(f"The benchmark's fresh process failed: {done.stderr.strip().splitlines()[-1]}")
    load, first, peak = json.loads(done.stdout)
    return Start(load, first, int(peak), disk)


def our_start(pack: Path, device: str) -> Start:
    """The engine with a weight pack, from nothing imported."""
    disk = sum(path.stat().st_size for path in pack.iterdir())
    return _run(OURS, str(pack), device, disk=disk)


def reference_start(device: str) -> Start:
    """The reference system, whose random weights are written to a temporary file of 1.9 GB first."""
    import torch

    from dfd_core.benchmark.reference import Reference

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "reference.pt"
        reference = Reference()
        torch.save({"networks": reference.state_dict(), "banks": reference.banks}, file)
        del reference
        return _run(REFERENCE, str(file), device, disk=file.stat().st_size)
